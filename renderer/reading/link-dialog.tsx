import { ExternalLink } from 'lucide-react'
import { useState } from 'react'
import { invoke } from '../client/index.ts'
import { Banner, Button, Dialog, showError } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { describeLink } from '../mail-html/index.ts'
import type { MailLink } from '../mail-html/index.ts'

/** Asks before leaving: shows where a link really goes and what is odd about it (models.md §6.3.7). */
export const LinkDialog = ({ link, onClose }: { link: MailLink | null; onClose: () => void }) => {
  const open = async (href: string): Promise<void> => {
    const outcome = await invoke('window.openLink', { url: href })
    onClose()
    if (!outcome.ok) showError(outcome.error)
  }
  return (
    <Dialog
      title={t('reading.linkTitle')}
      isOpen={link !== null}
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('common.cancel')}</Button>
          {link?.openable && (
            <Button
              variant={link.announcedHost || link.foreignScript ? 'danger' : 'primary'}
              onPress={() => open(link.href)}
            >
              <ExternalLink aria-hidden="true" />
              {t('reading.linkOpen', { host: link.host })}
            </Button>
          )}
        </>
      }
    >
      {link && (
        <>
          <p>{t('reading.linkGoesTo')}</p>
          <p className="link-host">{link.host}</p>
          <p className="link-address mono small">{link.href}</p>
          {link.announcedHost && (
            <Banner tone="error" title={t('reading.linkMismatchTitle')}>
              <p>{t('reading.linkMismatch', { announced: link.announcedHost, host: link.host })}</p>
            </Banner>
          )}
          {link.foreignScript && (
            <Banner tone="warn" title={t('reading.linkForeignTitle')}>
              <p>{t('reading.linkForeign')}</p>
            </Banner>
          )}
          {!link.openable && (
            <Banner tone="warn" title={t('reading.linkRefusedTitle')}>
              <p>{t('reading.linkRefused')}</p>
            </Banner>
          )}
        </>
      )}
    </Dialog>
  )
}

/** The link the reader chose to look at, and how to choose one. */
export const useLinkDialog = (): {
  link: MailLink | null
  show: (href: string, text: string) => void
  close: () => void
} => {
  const [link, setLink] = useState<MailLink | null>(null)
  return {
    link,
    show: (href, text) => setLink(describeLink(href, text)),
    close: () => setLink(null),
  }
}
