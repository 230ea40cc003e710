import type { Block, Inline, NarrativeStyle, TableCell } from '../../contract/index.ts'
import { attribute, childrenOf, textOf, type XmlElement } from '../xml/element.ts'

const styles: Record<string, NarrativeStyle[]> = {
  bold: ['bold'],
  bolditalics: ['bold', 'italics'],
  bolditalic: ['bold', 'italics'],
  italics: ['italics'],
  italic: ['italics'],
  underline: ['underline'],
  emphasis: ['emphasis'],
}

const stylesOf = (element: XmlElement): NarrativeStyle[] => {
  const tokens = (attribute(element, 'styleCode') ?? '').split(/[\s,;]+/)
  const found = tokens.flatMap((token) => styles[token.toLowerCase()] ?? [])
  const revised = attribute(element, 'revised')
  if (revised === 'delete') found.push('deleted')
  if (revised === 'insert') found.push('inserted')
  return [...new Set(found)]
}

/** White space of XML; blanks that do not break (« 12 000 », indented lines) are text. */
const collapse = (text: string): string =>
  text.replace(
    / ?[\t\r\n\f\v\u0085\u2028\u2029][ \t\r\n\f\v\u0085\u2028\u2029]*| {2}[ \t\r\n\f\v\u0085\u2028\u2029]*/g,
    ' ',
  )

const blockNames = new Set(['paragraph', 'list', 'table'])

const withBlocks = new WeakMap<XmlElement, boolean>()

const containsBlock = (node: XmlElement): boolean => {
  const known = withBlocks.get(node)
  if (known !== undefined) return known
  const found = node.children.some(
    (child) => typeof child !== 'string' && (blockNames.has(child.name) || containsBlock(child)),
  )
  withBlocks.set(node, found)
  return found
}

/** Content that keeps its styles: those of the element itself around what is in it. */
const styled = (element: XmlElement, children: Inline[]): Inline[] => {
  const style = stylesOf(element)
  return style.length > 0 && children.length > 0 ? [{ kind: 'span', styles: style, children }] : children
}

const inlineChild = (child: XmlElement): Inline[] => {
  switch (child.name) {
    case 'br':
      return [{ kind: 'break' }, ...inlineOf(child)]
    case 'sub':
    case 'sup':
      return [{ kind: child.name, children: inlineOf(child) }]
    case 'linkHtml': {
      const href = attribute(child, 'href') ?? ''
      const openable = /^https:\/\/[^\s]+$/i.test(href)
      return [{ kind: 'link', href, openable, children: inlineOf(child) }]
    }
    case 'renderMultiMedia': {
      const ids = (attribute(child, 'referencedObject') ?? '').split(/\s+/).filter(Boolean)
      // Its caption is text like another, on a line of its own after the picture.
      const caption = inlineOf(child)
      return [
        ...ids.map((mediaId) => ({ kind: 'media', mediaId }) as const),
        ...(isBlank(caption) ? [] : [lineBreak, ...caption, lineBreak]),
      ]
    }
    case 'footnoteRef':
      return [{ kind: 'footnote-ref', footnoteId: attribute(child, 'IDREF') ?? '' }, ...inlineOf(child)]
    case 'footnote':
      return [{ kind: 'footnote', footnoteId: attribute(child, 'ID') ?? '', children: inlineOf(child) }]
    default:
      return styled(child, inlineOf(child))
  }
}

/** Elements that stand on lines of their own, met where only words are expected: in a caption, a footnote, a picture. */
const ownLine = new Set(['paragraph', 'caption', 'item', 'list', 'table', 'tr', 'td', 'th'])

const lineBreak: Inline = { kind: 'break' }
const isBreak = (inline: Inline | undefined): boolean => inline?.kind === 'break'

/** Inline content of an element, all its children in order. */
const inlineOf = (element: XmlElement): Inline[] => {
  const found: Inline[] = []
  let pending = false
  for (const child of element.children) {
    const alone = typeof child !== 'string' && ownLine.has(child.name)
    const pieces: Inline[] =
      typeof child !== 'string'
        ? inlineChild(child)
        : child === ''
          ? []
          : [{ kind: 'text', text: collapse(child) }]
    if (isBlank(pieces) && (alone || pending)) continue
    if ((alone || pending) && found.length > 0 && !isBreak(found.at(-1))) found.push(lineBreak)
    found.push(...pieces)
    pending = alone
  }
  return found
}

const isBlank = (content: Inline[]): boolean =>
  content.every(
    (inline) =>
      inline.kind === 'break' ||
      (inline.kind === 'text' && inline.text.trim() === '') ||
      (inline.kind === 'span' && isBlank(inline.children)),
  )

const paragraph = (content: Inline[]): Block[] => (isBlank(content) ? [] : [{ kind: 'paragraph', content }])

const span = (element: XmlElement, name: string): number => {
  const value = Number(attribute(element, name) ?? '1')
  return Number.isInteger(value) && value >= 1 && value <= 100 ? value : 1
}

const alignments = new Set<string | null | undefined>(['left', 'center', 'right'])
const alignOf = (...elements: XmlElement[]): TableCell['align'] =>
  elements
    .map((element) => attribute(element, 'align')?.toLowerCase())
    .find((align): align is 'left' | 'center' | 'right' => alignments.has(align)) ?? null

/** Pieces of an element that stand where none should: kept, as a paragraph of their own. */
const strayOf = (element: XmlElement, expected: ReadonlySet<string>): Block[] =>
  element.children.flatMap((child) =>
    typeof child === 'string'
      ? paragraph(child.trim() === '' ? [] : [{ kind: 'text', text: collapse(child) }])
      : expected.has(child.name)
        ? []
        : blocksOf({ ...element, name: 'text', children: [child] }),
  )

const cellNames = new Set(['td', 'th'])
const tableNames = new Set(['caption', 'thead', 'tbody', 'tfoot', 'tr', 'col', 'colgroup'])
const rowNames = new Set(['tr'])
const itemNames = new Set(['item', 'caption'])

const cellsOf = (row: XmlElement): TableCell[] =>
  row.children.flatMap((cell): TableCell[] => {
    if (typeof cell === 'string' || !cellNames.has(cell.name)) {
      // What is between the cells becomes one.
      const content = strayOf({ ...row, children: [cell] }, cellNames)
      return content.length > 0 ? [{ header: false, colSpan: 1, rowSpan: 1, align: null, content }] : []
    }
    return [
      {
        header: cell.name === 'th',
        colSpan: span(cell, 'colspan'),
        rowSpan: span(cell, 'rowspan'),
        align: alignOf(cell, row),
        content: withStyles(cell, blocksOf(cell)),
      },
    ]
  })

/** One span around content, joined with the one that is there already. */
const spanned = (style: NarrativeStyle[], content: Inline[]): Inline[] => {
  const [only] = content
  return content.length === 1 && only?.kind === 'span'
    ? [{ ...only, styles: [...new Set([...style, ...only.styles])] }]
    : [{ kind: 'span', styles: style, children: content }]
}

/** `styleCode` of a cell or an item holds for the paragraphs in it. */
const withStyles = (holder: XmlElement, blocks: Block[]): Block[] => {
  const style = stylesOf(holder)
  return style.length === 0
    ? blocks
    : blocks.map((block) =>
        block.kind === 'paragraph' ? { ...block, content: spanned(style, block.content) } : block,
      )
}

const rowsOf = (holder: XmlElement): TableCell[][] => childrenOf(holder, 'tr').map(cellsOf)

const captionOf = (element: XmlElement): Inline[] => childrenOf(element, 'caption').flatMap(inlineOf)

const tableOf = (table: XmlElement): Block[] => {
  const groups = table.children.filter((child): child is XmlElement => typeof child !== 'string')
  const head: TableCell[][] = []
  const body: TableCell[][] = []
  const foot: TableCell[][] = []
  const stray = strayOf(table, tableNames)
  for (const group of groups) {
    if (group.name === 'tr') body.push(cellsOf(group))
    else if (group.name === 'thead') head.push(...rowsOf(group))
    else if (group.name === 'tbody') body.push(...rowsOf(group))
    else if (group.name === 'tfoot') foot.push(...rowsOf(group))
    if (['thead', 'tbody', 'tfoot'].includes(group.name)) stray.push(...strayOf(group, rowNames))
  }
  return [{ kind: 'table', caption: captionOf(table), head, body, foot }, ...stray]
}

const listOf = (list: XmlElement): Block[] => [
  {
    kind: 'list',
    ordered: attribute(list, 'listType') === 'ordered',
    caption: captionOf(list),
    items: childrenOf(list, 'item').map((item) => withStyles(item, blocksOf(item))),
  },
  ...strayOf(list, itemNames),
]

const blockChild = (child: XmlElement): Block[] => {
  switch (child.name) {
    case 'paragraph':
      return withStyles(child, blocksOf(child))
    case 'list':
      return listOf(child)
    case 'table':
      return tableOf(child)
    case 'footnote':
      return [{ kind: 'footnote', footnoteId: attribute(child, 'ID') ?? '', content: inlineOf(child) }]
    default:
      return withStyles(child, blocksOf(child))
  }
}

/**
 * A narrative block as plain data (CDA R2 §4.3.5; clinical-documents.md §7.2): nothing of it is interpreted as markup later, and no
 * text is left out: unknown elements keep theirs, what stands in the wrong place becomes a paragraph.
 */
export const blocksOf = (element: XmlElement): Block[] => {
  const blocks: Block[] = []
  let loose: Inline[] = []
  const flush = (): void => {
    blocks.push(...paragraph(loose))
    loose = []
  }
  for (const child of element.children) {
    if (typeof child === 'string') {
      const text = collapse(child)
      if (text !== '') loose.push({ kind: 'text', text })
    } else if (child.name === 'caption') {
      // Of an item or a paragraph: on a line of its own.
      flush()
      blocks.push(...paragraph(inlineOf(child)))
    } else if (
      blockNames.has(child.name) ||
      containsBlock(child) ||
      (child.name === 'footnote' && isBlank(loose))
    ) {
      // A note that no words go before is one of the foot of the text.
      flush()
      blocks.push(...blockChild(child))
    } else loose.push(...inlineChild(child))
  }
  flush()
  return blocks
}

/** All the text of a narrative, for the index. */
export const narrativeText = (element: XmlElement): string => textOf(element)
