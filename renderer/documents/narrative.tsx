import { Fragment, useId, useMemo } from 'react'
import type { ReactNode } from 'react'
import type { Block, ClinicalDocument, Inline, NarrativeStyle, TableCell } from '../../app/contract/index.ts'
import { WideTable } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { useGrowing } from './growing.ts'
import { ZoomableImage } from './image-view.tsx'
import { saveFile } from './files.ts'

export type Media = ClinicalDocument['media'][number]

export interface NarrativeContext {
  media: ReadonlyMap<string, Media>
  /** Number of each footnote by its id, over the whole document. */
  notes: ReadonlyMap<string, number>
  openLink: (href: string, text: string) => void
  /** Shows a PDF that the text refers to. */
  showPdf: (media: Media) => void
}

const numberNote = (footnoteId: string, notes: Map<string, number>): void => {
  if (!notes.has(footnoteId)) notes.set(footnoteId, notes.size + 1)
}
const numberInline = (inlines: readonly Inline[], notes: Map<string, number>): void => {
  for (const inline of inlines) {
    if (inline.kind === 'footnote') numberNote(inline.footnoteId, notes)
    if ('children' in inline) numberInline(inline.children, notes)
  }
}

/** Footnotes in reading order, numbered from 1. */
export const numberNotes = (
  blocks: readonly Block[],
  notes = new Map<string, number>(),
): Map<string, number> => {
  for (const block of blocks) {
    if (block.kind === 'footnote') numberNote(block.footnoteId, notes)
    else if (block.kind === 'paragraph') numberInline(block.content, notes)
    else if (block.kind === 'list') for (const item of block.items) numberNotes(item, notes)
    else if (block.kind === 'table')
      for (const row of [...block.head, ...block.body, ...block.foot])
        for (const cell of row) numberNotes(cell.content, notes)
  }
  return notes
}

const styleTag: Record<NarrativeStyle, 'strong' | 'i' | 'u' | 'em' | 'del' | 'ins'> = {
  bold: 'strong',
  italics: 'i',
  underline: 'u',
  emphasis: 'em',
  deleted: 'del',
  inserted: 'ins',
}

const textOf = (inlines: readonly Inline[]): string =>
  inlines
    .map((inline) =>
      inline.kind === 'text' ? inline.text : 'children' in inline ? textOf(inline.children) : '',
    )
    .join('')

const InlineMedia = ({ media, context }: { media: Media | undefined; context: NarrativeContext }) => {
  if (!media?.url) return <span className="doc-note">{t('documents.mediaMissing')}</span>
  const name = media.description ?? t('documents.mediaNamed', { type: media.mimeType })
  if (media.shown && media.mimeType.startsWith('image/'))
    return <ZoomableImage url={media.url} title={media.description ?? t('documents.imageOfDocument')} />
  if (media.shown && media.mimeType === 'application/pdf')
    return (
      <button type="button" className="doc-inline-button" onClick={() => context.showPdf(media)}>
        {t('documents.showPdf', { name: media.description ?? 'PDF' })}
      </button>
    )
  const { url } = media
  return (
    <span className="doc-note">
      {t('documents.mediaOther', { type: media.mimeType })}{' '}
      <button type="button" className="doc-inline-button" onClick={() => void saveFile(url, name)}>
        {t('documents.saveFile')}
      </button>
    </span>
  )
}

const renderInline = (inline: Inline, key: number, context: NarrativeContext): ReactNode => {
  switch (inline.kind) {
    case 'text':
      return <Fragment key={key}>{inline.text}</Fragment>
    case 'break':
      return <br key={key} />
    case 'span':
      return (
        <Fragment key={key}>
          {inline.styles.reduceRight<ReactNode>(
            (inner, style) => {
              const Tag = styleTag[style]
              return <Tag>{inner}</Tag>
            },
            renderInlines(inline.children, context),
          )}
        </Fragment>
      )
    case 'sub':
      return <sub key={key}>{renderInlines(inline.children, context)}</sub>
    case 'sup':
      return <sup key={key}>{renderInlines(inline.children, context)}</sup>
    case 'link':
      return (
        <Fragment key={key}>
          {renderInlines(inline.children, context)}{' '}
          {inline.openable ? (
            <button
              type="button"
              className="doc-inline-button"
              onClick={() => context.openLink(inline.href, textOf(inline.children))}
            >
              {inline.href}
            </button>
          ) : (
            <span className="doc-note">({inline.href})</span>
          )}
        </Fragment>
      )
    case 'media':
      return <InlineMedia key={key} media={context.media.get(inline.mediaId)} context={context} />
    case 'footnote-ref': {
      const note = context.notes.get(inline.footnoteId)
      return note === undefined ? null : (
        <sup key={key} className="doc-note-ref">
          <span className="visually-hidden">{t('documents.note')} </span>
          {note}
        </sup>
      )
    }
    case 'footnote':
      return (
        <span key={key} className="doc-note">
          {' '}
          (<sup>{context.notes.get(inline.footnoteId)}</sup> {renderInlines(inline.children, context)})
        </span>
      )
  }
}

const renderInlines = (inlines: readonly Inline[], context: NarrativeContext): ReactNode[] =>
  inlines.map((inline, index) => renderInline(inline, index, context))

const Cell = ({
  cell,
  scope,
  context,
}: {
  cell: TableCell
  scope: 'col' | 'row'
  context: NarrativeContext
}) => {
  const span = {
    ...(cell.colSpan > 1 ? { colSpan: Math.min(cell.colSpan, 100) } : {}),
    ...(cell.rowSpan > 1 ? { rowSpan: Math.min(cell.rowSpan, 1000) } : {}),
    ...(cell.align ? { className: `doc-align-${cell.align}` } : {}),
  }
  // A cell that holds one paragraph is just its words.
  const [only] = cell.content
  const content =
    cell.content.length === 1 && only?.kind === 'paragraph' ? (
      renderInlines(only.content, context)
    ) : (
      <Blocks blocks={cell.content} context={context} />
    )
  // An empty corner of a table heads nothing.
  return cell.header && cell.content.length > 0 ? (
    <th scope={scope} {...span}>
      {content}
    </th>
  ) : (
    <td {...span}>{content}</td>
  )
}

const Rows = ({
  rows,
  scope,
  context,
}: {
  rows: TableCell[][]
  scope: 'col' | 'row'
  context: NarrativeContext
}) =>
  rows.map((row, index) => (
    <tr key={index}>
      {row.map((cell, column) => (
        <Cell key={column} cell={cell} scope={scope} context={context} />
      ))}
    </tr>
  ))

/** Rows of a table put on the page at once, and with each frame. */
const firstRows = 150
const rowsPerFrame = 150

const Table = ({
  block,
  context,
}: {
  block: Extract<Block, { kind: 'table' }>
  context: NarrativeContext
}) => {
  const captionId = useId()
  const { count } = useGrowing(
    useMemo(() => block.body.map(() => 1), [block]),
    firstRows,
    rowsPerFrame,
  )
  return (
    <WideTable
      className="doc-table-scroll"
      {...(block.caption.length > 0 ? { labelledBy: captionId } : { label: t('documents.tableOfDocument') })}
    >
      <table className="doc-table">
        {block.caption.length > 0 && (
          <caption id={captionId}>{renderInlines(block.caption, context)}</caption>
        )}
        {block.head.length > 0 && (
          <thead>
            <Rows rows={block.head} scope="col" context={context} />
          </thead>
        )}
        <tbody>
          <Rows rows={block.body.slice(0, count)} scope="row" context={context} />
        </tbody>
        {block.foot.length > 0 && count === block.body.length && (
          <tfoot>
            <Rows rows={block.foot} scope="row" context={context} />
          </tfoot>
        )}
      </table>
    </WideTable>
  )
}

const ListBlock = ({
  block,
  context,
}: {
  block: Extract<Block, { kind: 'list' }>
  context: NarrativeContext
}) => {
  const items = block.items.map((item, index) => (
    <li key={index}>
      <Blocks blocks={item} context={context} />
    </li>
  ))
  return (
    <>
      {block.caption.length > 0 && <p className="doc-caption">{renderInlines(block.caption, context)}</p>}
      {block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>}
    </>
  )
}

/** Narrative blocks of a CDA as semantic HTML (clinical-documents.md §7.2); every string becomes a text node. */
export const Blocks = ({ blocks, context }: { blocks: readonly Block[]; context: NarrativeContext }) =>
  blocks.map((block, index) => {
    switch (block.kind) {
      case 'paragraph':
        return <p key={index}>{renderInlines(block.content, context)}</p>
      case 'list':
        return <ListBlock key={index} block={block} context={context} />
      case 'table':
        return <Table key={index} block={block} context={context} />
      case 'footnote':
        return (
          <p key={index} className="doc-footnote">
            <sup>{context.notes.get(block.footnoteId)}</sup> {renderInlines(block.content, context)}
          </p>
        )
    }
  })
