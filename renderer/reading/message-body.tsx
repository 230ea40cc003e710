import { ChevronRight, ImageOff, TriangleAlert } from 'lucide-react'
import { useCallback, useMemo, useState } from 'react'
import type { BodySection, MessageView, Part } from '../../app/contract/index.ts'
import { Chip, ErrorBanner } from '../design/index.ts'
import { partAddress, readText, usePart } from '../documents/index.ts'
import { t } from '../i18n/index.ts'
import { MailFrame, maximumHtmlLength, sanitiseMail } from '../mail-html/index.ts'
import type { MailLink, PictureSource, SanitisedMail } from '../mail-html/index.ts'
import { Marked } from '../search/index.ts'
import { SignatureChip } from './signature-chip.tsx'
import { findLinks, splitQuotes } from './text-body.ts'

type ShowLink = (href: string, text: string) => void

const maximumText = 2 * 1024 * 1024

const BodySkeleton = () => (
  <div className="skeleton-lines body-skeleton" role="status" aria-label={t('reading.loadingBody')}>
    <i />
    <i />
    <i />
  </div>
)

/** French punctuation never begins a line: the ordinary spaces before it become no-break spaces, on screen only. */
const bound = (text: string): string =>
  text.replace(/ (?=[;:!?»](?:\s|$))/g, '\u00a0').replace(/« /g, '«\u00a0')

const Linked = ({ text, showLink }: { text: string; showLink: ShowLink }) =>
  findLinks(text).map((piece, index) =>
    piece.kind === 'text' ? (
      <Marked key={index} text={bound(piece.text)} />
    ) : (
      <button
        key={index}
        type="button"
        className="text-link"
        onClick={() => showLink(piece.href, piece.text)}
      >
        {piece.text}
      </button>
    ),
  )

/** A plain text with its quotes folded and its links inert until chosen. */
const WrittenText = ({ text, showLink }: { text: string; showLink: ShowLink }) => {
  const stretches = useMemo(() => splitQuotes(text.trimEnd()), [text])
  return stretches.map((stretch, index) =>
    stretch.kind === 'written' ? (
      <div key={index} className="body-text">
        <Linked text={stretch.text} showLink={showLink} />
      </div>
    ) : (
      <details key={index} className="body-quote">
        <summary>
          <ChevronRight aria-hidden="true" />
          {t('reading.quoted', { count: stretch.text.split('\n').length })}
        </summary>
        <div className="body-text">
          <Linked text={stretch.text} showLink={showLink} />
        </div>
      </details>
    ),
  )
}

const TextBody = ({ url, showLink }: { url: string; showLink: ShowLink }) => {
  const part = usePart(url, maximumText, readText)
  if (part.state === 'loading') return <BodySkeleton />
  if (part.state === 'failed') return <ErrorBanner error={part.error} />
  return part.value.trim() === '' ? (
    <p className="muted">{t('reading.emptyBody')}</p>
  ) : (
    <WrittenText text={part.value} showLink={showLink} />
  )
}

const MailLinks = ({ links, showLink }: { links: readonly MailLink[]; showLink: ShowLink }) => (
  <details className="mail-links">
    <summary>
      <ChevronRight aria-hidden="true" />
      {t('reading.links', { count: links.length })}
    </summary>
    <ol>
      {links.map((link, index) => (
        <li key={index}>
          <button type="button" className="text-link" onClick={() => showLink(link.href, link.text)}>
            {link.text || link.host}
          </button>
          <span className="muted small"> {link.host}</span>
          {(link.announcedHost ?? link.foreignScript) && (
            <Chip tone="alert" icon={<TriangleAlert aria-hidden="true" />}>
              {t('reading.linkSuspicious')}
            </Chip>
          )}
        </li>
      ))}
    </ol>
  </details>
)

const pictureSource = (parts: readonly Part[]): PictureSource => {
  const addresses = new Map(
    parts
      .filter((part) => part.contentId !== null && /^image\/(?:png|jpeg|gif|webp)$/.test(part.mimeType))
      .map((part) => [part.contentId ?? '', partAddress(part.url)]),
  )
  const known = new Set(addresses.values())
  return { byContentId: (id) => addresses.get(id) ?? null, isPart: (url) => known.has(url) }
}

const HtmlBody = ({
  html,
  textUrl,
  view,
  showLink,
}: {
  html: string
  textUrl: string | null
  view: MessageView
  showLink: ShowLink
}) => {
  const mail: SanitisedMail | null = useMemo(
    () => (html.length > maximumHtmlLength ? null : sanitiseMail(html, pictureSource(view.parts))),
    [html, view.parts],
  )
  if (!mail)
    return (
      <>
        <p className="body-note muted small">{t('reading.shownAsText')}</p>
        {textUrl && <TextBody url={textUrl} showLink={showLink} />}
      </>
    )
  return (
    <>
      {(mail.blockedPictures > 0 || view.body.remoteContent) && (
        <p className="body-note">
          <ImageOff aria-hidden="true" />
          {t('reading.remoteBlocked')}
        </p>
      )}
      <MailFrame mail={mail} title={view.row.subject} />
      {mail.links.length > 0 && <MailLinks links={mail.links} showLink={showLink} />}
    </>
  )
}

const HtmlLoader = ({
  url,
  textUrl,
  view,
  showLink,
}: {
  url: string
  textUrl: string | null
  view: MessageView
  showLink: ShowLink
}) => {
  const part = usePart(url, maximumHtmlLength * 2, readText)
  if (part.state === 'loading') return <BodySkeleton />
  if (part.state === 'failed') return <ErrorBanner error={part.error} />
  return <HtmlBody html={part.value} textUrl={textUrl} view={view} showLink={showLink} />
}

/** A stretch under a signature of its own, or outside every one: framed and named by the program, never merged. */
const Section = ({
  section,
  view,
  asText,
  showLink,
}: {
  section: BodySection
  view: MessageView
  asText: boolean
  showLink: ShowLink
}) => {
  const verdict = view.partVerdicts.find(({ path }) => path === section.verdictPath)
  const { textUrl, htmlUrl } = section
  return (
    <section className="body-section" data-signed={verdict !== undefined}>
      <header>
        {verdict ? (
          <SignatureChip signature={verdict.signature} from={view.from} />
        ) : (
          <Chip tone="warn" icon={<TriangleAlert aria-hidden="true" />}>
            {t('reading.outsideSignature')}
          </Chip>
        )}
      </header>
      {htmlUrl !== null && !asText ? (
        <HtmlLoader url={htmlUrl} textUrl={textUrl} view={view} showLink={showLink} />
      ) : (
        textUrl !== null && <TextBody url={textUrl} showLink={showLink} />
      )}
    </section>
  )
}

/** What the sender wrote: HTML in its frame, or text. `asText` asks for the text even when there is HTML. */
export const MessageBody = ({
  view,
  asText,
  showLink,
}: {
  view: MessageView
  asText: boolean
  showLink: ShowLink
}) => {
  const { available, htmlUrl, textUrl, sections } = view.body
  if (!available)
    return (
      <div className="body-missing">
        <p>
          <b>{t('reading.bodyMissing')}</b>
        </p>
        <p className="muted">{t('reading.bodyMissingTodo')}</p>
      </div>
    )
  if (sections.length > 0)
    return sections.map((section, index) => (
      <Section key={index} section={section} view={view} asText={asText} showLink={showLink} />
    ))
  if (htmlUrl !== null && !asText)
    return <HtmlLoader url={htmlUrl} textUrl={textUrl} view={view} showLink={showLink} />
  if (textUrl !== null) return <TextBody url={textUrl} showLink={showLink} />
  return <p className="muted">{t('reading.emptyBody')}</p>
}

/** Whether the reader wants the text of this message instead of its HTML; forgotten with the message. */
export const useAsText = (messageId: number): [boolean, () => void] => {
  const [chosen, setChosen] = useState<number | null>(null)
  const toggle = useCallback(
    () => setChosen((current) => (current === messageId ? null : messageId)),
    [messageId],
  )
  return [chosen === messageId, toggle]
}
