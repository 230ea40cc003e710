import {
  BookUser,
  FileKey,
  FolderInput,
  HardDrive,
  Import,
  Monitor,
  Network,
  Send,
  ShieldCheck,
  UserRound,
} from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import type { Folder, Output, Settings } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { settingsStore, useNow, useStore } from '../data/index.ts'
import { Dialog, showError } from '../design/index.ts'
import { DirectorySection } from '../directory/index.ts'
import { ImportSection, QuarantineList } from '../exchange/index.ts'
import { t } from '../i18n/index.ts'
import { TargetsSection } from '../integration/index.ts'
import { PscSection } from '../sign-in/index.ts'
import { StorageSection } from '../storage/index.ts'
import { KnownCertificates } from './known-certificates.tsx'
import { TrustSpaceSection } from '../accounts/index.ts'
import { LookSection } from './look-section.tsx'
import { OwnAccounts } from './own-accounts.tsx'
import { OwnKeys } from './own-keys.tsx'
import { SecuritySection } from './security-section.tsx'
import { SendingSection } from './sending-section.tsx'
import { SettingsPart } from './settings-part.tsx'
import './settings.css'

/** A page of the settings, in the order of its navigation. */
export type SettingsPage =
  | 'look'
  | 'security'
  | 'sending'
  | 'accounts'
  | 'trust-space'
  | 'storage'
  | 'certificates'
  | 'directory'
  | 'record'
  | 'import'

interface SettingsProps {
  /** The page to open at. */
  page: SettingsPage
  onClose: () => void
  onAddAccount: () => void
  /** As the sidebar names a folder. */
  folderName: (folder: Pick<Folder, 'role' | 'name'>) => string
}

const change = (part: Partial<Settings>): void => {
  void invoke('settings.set', part).then((answer) => {
    if (!answer.ok) showError(answer.error)
  })
}

const About = () => {
  const [about, setAbout] = useState<Output<'window.about'> | null>(null)
  useEffect(() => {
    void invoke('window.about', null).then((answer) => {
      if (answer.ok) setAbout(answer.value)
    })
  }, [])
  return about ? (
    <p className="settings-about muted small">
      {t('settings.about', { version: about.version, host: about.host, platform: about.platform })}
    </p>
  ) : null
}

const SettingsPages = ({ page, onClose, onAddAccount, folderName }: SettingsProps) => {
  const settings = useStore(settingsStore)
  const now = useNow()
  const pages: { id: SettingsPage; name: string; icon: ReactNode; content: ReactNode }[] = [
    {
      id: 'look',
      name: t('settings.look'),
      icon: <Monitor aria-hidden="true" />,
      content: <LookSection settings={settings} change={change} />,
    },
    {
      id: 'security',
      name: t('settings.security'),
      icon: <ShieldCheck aria-hidden="true" />,
      content: <SecuritySection settings={settings} change={change} />,
    },
    {
      id: 'sending',
      name: t('settings.sending'),
      icon: <Send aria-hidden="true" />,
      content: <SendingSection settings={settings} change={change} />,
    },
    {
      id: 'accounts',
      name: t('settings.accounts'),
      icon: <UserRound aria-hidden="true" />,
      content: (
        <>
          <OwnAccounts onAdd={onAddAccount} />
          <PscSection />
        </>
      ),
    },
    {
      id: 'trust-space',
      name: t('accounts.trustTitle'),
      icon: <Network aria-hidden="true" />,
      content: <TrustSpaceSection now={now} />,
    },
    {
      id: 'storage',
      name: t('settings.storage'),
      icon: <HardDrive aria-hidden="true" />,
      content: <StorageSection folderName={folderName} />,
    },
    {
      id: 'certificates',
      name: t('settings.certificates'),
      icon: <FileKey aria-hidden="true" />,
      content: (
        <SettingsPart id="settings-certificates" title={t('settings.certificates')}>
          <OwnKeys now={now} />
          <KnownCertificates now={now} />
        </SettingsPart>
      ),
    },
    {
      id: 'directory',
      name: t('directory.title'),
      icon: <BookUser aria-hidden="true" />,
      content: <DirectorySection />,
    },
    {
      id: 'record',
      name: t('integration.settings'),
      icon: <FolderInput aria-hidden="true" />,
      content: <TargetsSection onLeave={onClose} />,
    },
    {
      id: 'import',
      name: t('settings.importPage'),
      icon: <Import aria-hidden="true" />,
      content: (
        <>
          <ImportSection folderName={folderName} />
          <QuarantineList onExport={onClose} />
        </>
      ),
    },
  ]
  return (
    <Tabs className="settings-pages" orientation="vertical" defaultSelectedKey={page}>
      <div className="settings-side">
        <TabList className="settings-nav" aria-label={t('settings.pages')}>
          {pages.map(({ id, name, icon }) => (
            <Tab key={id} id={id} className="settings-tab">
              {icon}
              <span>{name}</span>
            </Tab>
          ))}
        </TabList>
        <About />
      </div>
      {pages.map(({ id, content }) => (
        <TabPanel key={id} id={id} className="settings-page">
          {content}
        </TabPanel>
      ))}
    </Tabs>
  )
}

/** The settings, a page for each matter, each choice applied at once. Opens at `page`; nothing is remembered. */
export const SettingsDialog = ({ isOpen, ...props }: SettingsProps & { isOpen: boolean }) => (
  <Dialog title={t('settings.title')} isOpen={isOpen} onClose={props.onClose} width="page">
    <SettingsPages {...props} />
  </Dialog>
)
