// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Block, Inline, TableCell } from '../../app/contract/index.ts'
import '../testing/resize-observer.ts'
import { Blocks, numberNotes, type NarrativeContext } from './narrative.tsx'

beforeAll(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
})

const text = (value: string): Inline => ({ kind: 'text', text: value })
const paragraph = (...content: Inline[]): Block => ({ kind: 'paragraph', content })
const cell = (value: string, rest: Partial<TableCell> = {}): TableCell => ({
  header: false,
  colSpan: 1,
  rowSpan: 1,
  align: null,
  content: [paragraph(text(value))],
  ...rest,
})

const render = (blocks: Block[], rest: Partial<NarrativeContext> = {}): HTMLElement => {
  const host = document.createElement('div')
  const context: NarrativeContext = {
    media: new Map(),
    notes: numberNotes(blocks),
    openLink: () => undefined,
    showPdf: () => undefined,
    ...rest,
  }
  act(() => createRoot(host).render(<Blocks blocks={blocks} context={context} />))
  return host
}

describe('narrative blocks', () => {
  it('keeps hostile words as words', () => {
    const host = render([paragraph(text('<img src=x onerror=alert(1)>'))])
    expect(host.innerHTML).toBe('<p>&lt;img src=x onerror=alert(1)&gt;</p>')
  })
  it('nests styles, sub and sup', () => {
    const host = render([
      paragraph(
        { kind: 'span', styles: ['bold', 'italics'], children: [text('NYHA')] },
        { kind: 'sup', children: [text('2')] },
        { kind: 'break' },
        { kind: 'sub', children: [text('x')] },
      ),
    ])
    expect(host.innerHTML).toBe('<p><strong><i>NYHA</i></strong><sup>2</sup><br><sub>x</sub></p>')
  })
  it('gives header cells their scope and numbers their alignment', () => {
    const host = render([
      {
        kind: 'table',
        caption: [text('Traitement')],
        head: [[cell('Nom', { header: true, colSpan: 2 })]],
        body: [[cell('A', { header: true }), cell('1', { align: 'right' })]],
        foot: [],
      },
    ])
    expect(host.querySelector('thead th')?.getAttribute('scope')).toBe('col')
    expect(host.querySelector('thead th')?.getAttribute('colspan')).toBe('2')
    expect(host.querySelector('tbody th')?.getAttribute('scope')).toBe('row')
    expect(host.querySelector('td')?.className).toBe('doc-align-right')
    expect(host.querySelector('[role=group]')?.getAttribute('aria-labelledby')).toBe(
      host.querySelector('caption')?.id,
    )
  })
  it('numbers footnotes in reading order', () => {
    const host = render([
      paragraph(text('a'), { kind: 'footnote-ref', footnoteId: 'second' }),
      { kind: 'footnote', footnoteId: 'first', content: [text('un')] },
      {
        kind: 'list',
        ordered: true,
        caption: [],
        items: [[{ kind: 'footnote', footnoteId: 'second', content: [text('deux')] }]],
      },
    ])
    expect(host.querySelector('.doc-note-ref')?.textContent).toMatch(/2$/)
    expect([...host.querySelectorAll('.doc-footnote sup')].map((note) => note.textContent)).toEqual([
      '1',
      '2',
    ])
  })
  it('keeps a note within a sentence in its place, numbered with the others', () => {
    const host = render([
      { kind: 'footnote', footnoteId: 'first', content: [text('un')] },
      paragraph(
        text('normal'),
        { kind: 'footnote', footnoteId: 'inside', children: [text('dit-elle')] },
        text(', suite'),
      ),
    ])
    expect(host.textContent).toBe('1 unnormal (2 dit-elle), suite')
  })
  it('shows a link in full and only offers to open https', () => {
    const openLink = vi.fn<(href: string, words: string) => void>()
    const link = (href: string, openable: boolean): Inline => ({
      kind: 'link',
      href,
      openable,
      children: [text('ici')],
    })
    const host = render([paragraph(link('https://a.test/x', true), link('file:///etc/passwd', false))], {
      openLink,
    })
    expect(host.querySelectorAll('a')).toHaveLength(0)
    expect(host.textContent).toContain('file:///etc/passwd')
    const buttons = host.querySelectorAll('button')
    expect(buttons).toHaveLength(1)
    act(() => buttons[0]?.click())
    expect(openLink).toHaveBeenCalledWith('https://a.test/x', 'ici')
  })
  it('says when a picture is not there', () => {
    expect(render([paragraph({ kind: 'media', mediaId: 'x' })]).querySelector('.doc-note')).not.toBeNull()
  })
})
