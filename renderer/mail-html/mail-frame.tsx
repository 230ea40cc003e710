import { useEffect, useState } from 'react'
import { ErrorBanner } from '../design/index.ts'
import type { AppError, Outcome } from '../../app/contract/index.ts'
import { t, useLanguage } from '../i18n/index.ts'
import { frameDocument } from './frame-document.ts'
import { publishFrame } from './publish.ts'
import type { SanitisedMail } from './sanitise.ts'
import './mail-html.css'

const lineHeight = 23
const smallest = 120
/** A frame taller than this scrolls itself; the reader may enlarge it. */
const tallest = 620

/**
 * A sanitised mail in a frame without scripts and of opaque origin (architecture §7.3). The frame cannot be measured:
 * its height is estimated and it scrolls when it needs more.
 */
export const MailFrame = ({ mail, title }: { mail: SanitisedMail; title: string }) => {
  const language = useLanguage()
  const [published, setPublished] = useState<{ mail: SanitisedMail; address: Outcome<string> } | null>(null)
  useEffect(() => {
    const controller = new AbortController()
    void publishFrame(frameDocument(mail.html, language), controller.signal).then((address) => {
      if (!controller.signal.aborted) setPublished({ mail, address })
    })
    return () => controller.abort()
  }, [mail, language])
  const height = Math.min(Math.max(mail.lines * lineHeight + 56, smallest), tallest)
  const current = published?.mail === mail ? published.address : null
  const failed: AppError | null = current && !current.ok ? current.error : null
  if (failed) return <ErrorBanner error={failed} />
  return (
    <div className="mail-frame" style={{ height: `${height}px` }}>
      {current?.ok && <iframe sandbox="" src={current.value} title={t('reading.frameTitle', { title })} />}
    </div>
  )
}
