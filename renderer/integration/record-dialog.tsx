import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { recordStore, useStore } from '../data/index.ts'
import { Dialog } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { JournalList } from './journal-list.tsx'
import { QueueList } from './queue-list.tsx'
import { RuleList } from './rule-list.tsx'
import './integration.css'

/** « Transmissions au dossier »: what was handed over, the rules of shared mailboxes, and their journal. */
export const RecordDialog = () => {
  const isOpen = useStore(recordStore)
  const close = (): void => recordStore.set(false)
  return (
    <Dialog title={t('integration.window')} isOpen={isOpen} onClose={close} width="page">
      <Tabs className="record-tabs">
        <TabList className="record-tab-list" aria-label={t('integration.window')}>
          <Tab id="queue">{t('integration.tabQueue')}</Tab>
          <Tab id="rules">{t('integration.tabRules')}</Tab>
          <Tab id="journal">{t('integration.tabJournal')}</Tab>
        </TabList>
        <TabPanel id="queue">
          <QueueList onClose={close} />
        </TabPanel>
        <TabPanel id="rules">
          <RuleList />
        </TabPanel>
        <TabPanel id="journal">
          <JournalList onClose={close} />
        </TabPanel>
      </Tabs>
    </Dialog>
  )
}
