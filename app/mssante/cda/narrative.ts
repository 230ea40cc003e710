import type { Block, Inline, NarrativeStyle, TableCell } from '../../contract/index.ts'
import { attribute, childrenOf, textOf, type XmlElement } from '../xml/element.ts'

const styles: Record<string, NarrativeStyle> = {
  bold: 'bold',
  bolditalics: 'bold',
  italics: 'italics',
  underline: 'underline',
  emphasis: 'emphasis',
}

const stylesOf = (element: XmlElement): NarrativeStyle[] => {
  const tokens = (attribute(element, 'styleCode') ?? '').split(/\s+/).map((token) => token.toLowerCase())
  const found = tokens.flatMap((token) => {
    const style = styles[token]
    return style ? (token === 'bolditalics' ? (['bold', 'italics'] as const) : [style]) : []
  })
  return [...new Set(found)]
}

const collapse = (text: string): string => text.replace(/[\s\u0085]+/g, ' ')

const blockNames = new Set(['paragraph', 'list', 'table', 'footnote'])

/** Inline content of an element; block elements inside are flattened to their text (tables never nest in practice). */
const inlineOf = (element: XmlElement): Inline[] => {
  const content: Inline[] = []
  for (const child of element.children) {
    if (typeof child === 'string') {
      const text = collapse(child)
      if (text !== '') content.push({ kind: 'text', text })
      continue
    }
    switch (child.name) {
      case 'br':
        content.push({ kind: 'break' })
        break
      case 'sub':
      case 'sup':
        content.push({ kind: child.name, children: inlineOf(child) })
        break
      case 'linkHtml': {
        const href = attribute(child, 'href') ?? ''
        content.push({
          kind: 'link',
          href,
          openable: /^https:\/\/[^\s]+$/i.test(href),
          children: inlineOf(child),
        })
        break
      }
      case 'renderMultiMedia':
        for (const mediaId of (attribute(child, 'referencedObject') ?? '').split(/\s+/).filter(Boolean))
          content.push({ kind: 'media', mediaId })
        break
      case 'footnoteRef':
        content.push({ kind: 'footnote-ref', footnoteId: attribute(child, 'IDREF') ?? '' })
        break
      case 'caption':
        break
      default: {
        const children = inlineOf(child)
        const style = stylesOf(child)
        if (style.length > 0) content.push({ kind: 'span', styles: style, children })
        else content.push(...children)
      }
    }
  }
  return content
}

const isBlank = (content: Inline[]): boolean =>
  content.every((inline) => inline.kind === 'text' && inline.text.trim() === '')

const span = (element: XmlElement, name: string): number => {
  const value = Number(attribute(element, name) ?? '1')
  return Number.isInteger(value) && value >= 1 && value <= 100 ? value : 1
}

const alignOf = (element: XmlElement): TableCell['align'] => {
  const align = attribute(element, 'align')?.toLowerCase()
  return align === 'left' || align === 'center' || align === 'right' ? align : null
}

const rowsOf = (holder: XmlElement): TableCell[][] =>
  childrenOf(holder, 'tr').map((row) =>
    row.children.flatMap((cell) =>
      typeof cell !== 'string' && (cell.name === 'td' || cell.name === 'th')
        ? [
            {
              header: cell.name === 'th',
              colSpan: span(cell, 'colspan'),
              rowSpan: span(cell, 'rowspan'),
              align: alignOf(cell) ?? alignOf(row),
              content: blocksOf(cell),
            },
          ]
        : [],
    ),
  )

const captionOf = (element: XmlElement): Inline[] => {
  const caption = childrenOf(element, 'caption')[0]
  return caption ? inlineOf(caption) : []
}

/**
 * A narrative block as plain data (CDA R2 §4.3.5; clinical-documents.md §7.2): nothing of it is interpreted as markup
 * later, unknown elements keep their text.
 */
export const blocksOf = (element: XmlElement): Block[] => {
  const blocks: Block[] = []
  let loose: (XmlElement | string)[] = []
  const flush = (): void => {
    const content = inlineOf({ ...element, children: loose })
    loose = []
    if (!isBlank(content)) blocks.push({ kind: 'paragraph', content })
  }
  const containsBlock = (node: XmlElement): boolean =>
    node.children.some(
      (child) => typeof child !== 'string' && (blockNames.has(child.name) || containsBlock(child)),
    )
  for (const child of element.children) {
    if (typeof child === 'string') {
      loose.push(child)
      continue
    }
    switch (child.name) {
      case 'paragraph':
        flush()
        if (containsBlock(child)) blocks.push(...blocksOf(child))
        else {
          const caption = captionOf(child)
          const content = [
            ...caption,
            ...(caption.length > 0 ? [{ kind: 'break' } as const] : []),
            ...inlineOf(child),
          ]
          if (!isBlank(content)) blocks.push({ kind: 'paragraph', content })
        }
        break
      case 'list':
        flush()
        blocks.push({
          kind: 'list',
          ordered: attribute(child, 'listType') === 'ordered',
          caption: captionOf(child),
          items: childrenOf(child, 'item').map((item) => {
            const caption = captionOf(item)
            return [
              ...(caption.length > 0 ? [{ kind: 'paragraph' as const, content: caption }] : []),
              ...blocksOf(item),
            ]
          }),
        })
        break
      case 'table':
        flush()
        blocks.push({
          kind: 'table',
          caption: captionOf(child),
          head: childrenOf(child, 'thead').flatMap(rowsOf),
          body: [...rowsOf(child), ...childrenOf(child, 'tbody').flatMap(rowsOf)],
          foot: childrenOf(child, 'tfoot').flatMap(rowsOf),
        })
        break
      case 'footnote':
        flush()
        blocks.push({ kind: 'footnote', footnoteId: attribute(child, 'ID') ?? '', content: inlineOf(child) })
        break
      case 'caption':
        break
      default:
        if (containsBlock(child)) {
          flush()
          blocks.push(...blocksOf(child))
        } else loose.push(child)
    }
  }
  flush()
  return blocks
}

/** All the text of a narrative, for the index and for completeness tests. */
export const narrativeText = (element: XmlElement): string => textOf(element)
