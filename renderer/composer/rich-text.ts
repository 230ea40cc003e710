import type { JSONContent } from '@tiptap/react'

/** Nodes deeper than this are read as their text. */
const maximumDepth = 40

const blockTags: Record<string, string> = {
  P: 'paragraph',
  DIV: 'paragraph',
  H1: 'paragraph',
  H2: 'paragraph',
  H3: 'paragraph',
  H4: 'paragraph',
  PRE: 'paragraph',
  BLOCKQUOTE: 'blockquote',
  UL: 'bulletList',
  OL: 'orderedList',
  LI: 'listItem',
}
const markTags: Record<string, string> = {
  B: 'bold',
  STRONG: 'bold',
  I: 'italic',
  EM: 'italic',
  U: 'underline',
}

type Marks = NonNullable<JSONContent['marks']>

const inlineOf = (node: Node, marks: Marks, depth: number): JSONContent[] => {
  if (node.nodeType === Node.TEXT_NODE) {
    const text = (node.nodeValue ?? '').replace(/[ \t\r\n]+/g, ' ')
    return text === '' ? [] : [{ type: 'text', text, ...(marks.length > 0 ? { marks } : {}) }]
  }
  if (node.nodeName === 'BR') return [{ type: 'hardBreak' }]
  if (depth > maximumDepth) return []
  const mark = markTags[node.nodeName]
  const href = node.nodeName === 'A' ? (node as Element).getAttribute('href') : null
  const added: Marks = mark
    ? [{ type: mark }]
    : href && /^https?:\/\//i.test(href)
      ? [{ type: 'link', attrs: { href } }]
      : []
  const kept = marks.filter((one) => !added.some((other) => other.type === one.type))
  return [...node.childNodes].flatMap((child) => inlineOf(child, [...kept, ...added], depth + 1))
}

const trimInline = (inline: JSONContent[]): JSONContent[] => {
  const isBlank = (piece: JSONContent | undefined): boolean =>
    piece?.type === 'text' && piece.text?.trim() === ''
  const start = inline.findIndex((piece) => !isBlank(piece))
  if (start < 0) return []
  return inline.slice(start, inline.findLastIndex((piece) => !isBlank(piece)) + 1)
}

const hasBlocks = (element: Element): boolean =>
  [...element.querySelectorAll('*')].some((child) => child.nodeName in blockTags || child.nodeName === 'TR')

const paragraph = (inline: JSONContent[]): JSONContent => ({ type: 'paragraph', content: trimInline(inline) })

const listItems = (element: Element, depth: number): JSONContent[] =>
  [...element.childNodes].flatMap((child) => {
    const content = blocksOfNodes(child.nodeName === 'LI' ? [...child.childNodes] : [child], depth + 1)
    if (content.length === 0)
      return child.nodeName === 'LI' ? { type: 'listItem', content: [paragraph([])] } : []
    // The schema wants a list item to begin with a paragraph.
    return {
      type: 'listItem',
      content: content[0]?.type === 'paragraph' ? content : [paragraph([]), ...content],
    }
  })

const blocksOf = (element: Element, depth: number): JSONContent[] =>
  blocksOfNodes([...element.childNodes], depth)

const blocksOfNodes = (nodes: readonly Node[], depth: number): JSONContent[] => {
  const blocks: JSONContent[] = []
  let inline: JSONContent[] = []
  const flush = (): void => {
    if (trimInline(inline).length > 0) blocks.push(paragraph(inline))
    inline = []
  }
  for (const child of nodes) {
    const type = blockTags[child.nodeName]
    const own = child as Element
    if (depth > maximumDepth) {
      inline.push({ type: 'text', text: (child.textContent ?? '').slice(0, 10_000) || ' ' })
    } else if (type === 'bulletList' || type === 'orderedList') {
      flush()
      const items = listItems(own, depth)
      if (items.length > 0) blocks.push({ type, content: items })
    } else if (type === 'blockquote') {
      flush()
      const content = blocksOf(own, depth + 1)
      blocks.push({ type, content: content.length > 0 ? content : [paragraph([])] })
    } else if (type === 'paragraph' && !hasBlocks(own)) {
      flush()
      blocks.push(paragraph(inlineOf(own, [], depth)))
    } else if (child.nodeType === Node.ELEMENT_NODE && hasBlocks(own)) {
      flush()
      blocks.push(...blocksOf(own, depth + 1))
    } else if (
      child.nodeType === Node.ELEMENT_NODE &&
      (type !== undefined || child.nodeName === 'TR' || child.nodeName === 'TD')
    ) {
      flush()
      blocks.push(paragraph(inlineOf(own, [], depth)))
    } else inline.push(...inlineOf(child, [], depth))
  }
  flush()
  return blocks
}

/** A sanitised HTML tree as the editor's document: only paragraphs, lists, quotes, bold, italic, underline and links remain. */
export const documentOfTree = (root: Element): JSONContent => {
  const blocks = blocksOf(root, 0)
  return { type: 'doc', content: blocks.length > 0 ? blocks : [{ type: 'paragraph' }] }
}

/** Typed lines as the editor takes them inside a paragraph. */
export const inlineOfText = (text: string): JSONContent[] =>
  text
    .split('\n')
    .flatMap((line, index) => [
      ...(index > 0 ? [{ type: 'hardBreak' }] : []),
      ...(line === '' ? [] : [{ type: 'text', text: line }]),
    ])

/** A plain text as the editor's document, one paragraph a line; quoted lines become a quote. */
export const documentOfText = (text: string): JSONContent => {
  const content: JSONContent[] = []
  for (const line of text.split('\n')) {
    const quoted = /^> ?(.*)$/.exec(line)
    const words = quoted ? (quoted[1] ?? '') : line
    const block: JSONContent = {
      type: 'paragraph',
      ...(words ? { content: [{ type: 'text', text: words }] } : {}),
    }
    const last = content.at(-1)
    if (!quoted) content.push(block)
    else if (last?.type === 'blockquote') last.content?.push(block)
    else content.push({ type: 'blockquote', content: [block] })
  }
  return { type: 'doc', content }
}

const inlineText = (node: JSONContent): string => {
  if (node.type === 'hardBreak') return '\n'
  const link = node.marks?.find((mark) => mark.type === 'link')?.attrs?.['href'] as unknown
  const text = node.text ?? ''
  return typeof link === 'string' && link !== text ? `${text} (${link})` : text
}

const prefixed = (text: string, first: string, rest: string): string =>
  text
    .split('\n')
    .map((line, index) => `${index === 0 ? first : rest}${line}`.trimEnd())
    .join('\n')

const blockText = (node: JSONContent): string => {
  const children = node.content ?? []
  switch (node.type) {
    case 'paragraph':
      return children.map(inlineText).join('')
    case 'bulletList':
      return children.map((item) => prefixed(blockText(item), '- ', '  ')).join('\n')
    case 'orderedList':
      return children.map((item, index) => prefixed(blockText(item), `${index + 1}. `, '   ')).join('\n')
    case 'blockquote':
      return prefixed(children.map(blockText).join('\n'), '> ', '> ')
    default:
      return children.map(blockText).join('\n')
  }
}

/** The text/plain alternative of the editor's document: lists with dashes and numbers, quotes with `>`, addresses of links. */
export const textOfDocument = (document: JSONContent): string => blockText(document)
