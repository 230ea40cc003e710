// @vitest-environment jsdom
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { SendCheck } from '../../app/contract/index.ts'
import { withAttribution, withHtmlAttribution } from './attribution.ts'
import { summariseChecks } from './checks-line.tsx'
import { addRecipients, checkOf, readRecipients } from './recipients.ts'
import { documentOfText, documentOfTree, textOfDocument } from './rich-text.ts'
import { chunkSize, piecesOf } from '../client/index.ts'
import { attachFile } from './upload.ts'

const tree = (html: string): Element => new DOMParser().parseFromString(html, 'text/html').body
const check = (rest: Partial<SendCheck> & Pick<SendCheck, 'kind'>): SendCheck => ({
  blocking: false,
  address: null,
  trust: null,
  size: null,
  limit: null,
  ...rest,
})

describe('recipients', () => {
  it('reads names, addresses and separators', () => {
    expect(readRecipients('"Dr A" <a@x.test>; b@y.test,\n c@z')).toEqual({
      recipients: [
        { name: 'Dr A', address: 'a@x.test' },
        { name: '', address: 'b@y.test' },
      ],
      rest: 'c@z',
    })
  })
  it('never makes an address of what holds none', () => {
    fc.assert(
      fc.property(fc.string(), (typed) => {
        for (const { address } of readRecipients(typed).recipients)
          expect(address).toMatch(/^[^\s@]+@[^\s@]+\.[^\s@]+$/)
      }),
    )
  })
  it('adds each address once and 200 at most', () => {
    const one = { name: '', address: 'A@x.test' }
    expect(addRecipients([one], [{ name: 'Dr A', address: 'a@X.test' }])).toEqual([one])
    const many = Array.from({ length: 300 }, (_, index) => ({ name: '', address: `a${index}@x.test` }))
    expect(addRecipients([], many)).toHaveLength(200)
  })
  it('shows the blocking finding of a recipient first', () => {
    const checks = [
      check({ kind: 'missing-certificate', address: 'a@x.test' }),
      check({ kind: 'recipient-outside', address: 'A@x.test', blocking: true }),
    ]
    expect(checkOf(checks, 'a@x.test')?.kind).toBe('recipient-outside')
    expect(checkOf(checks, 'b@x.test')).toBeNull()
  })
})

describe('checks in words', () => {
  it('tells the sender’s own missing certificate from a recipient’s', () => {
    const own = summariseChecks([check({ kind: 'missing-certificate', address: null, blocking: true })])
    expect(own.map(({ key }) => key)).toEqual(['own-certificate'])
    const theirs = summariseChecks([
      check({ kind: 'missing-certificate', address: 'a@x.test', blocking: true }),
    ])
    expect(theirs.map(({ key }) => key)).toEqual(['missing-certificate'])
  })
  it('puts what blocks before what is fine', () => {
    const found = summariseChecks([
      check({ kind: 'recipient-trusted', address: 'a@x.test' }),
      check({ kind: 'recipient-outside', address: 'b@x.test', blocking: true }),
      check({ kind: 'size', size: 400_000, limit: 10_000_000 }),
    ])
    expect(found.map(({ key, tone }) => [key, tone])).toEqual([
      ['recipient-outside', 'alert'],
      ['recipient-trusted', 'ok'],
      ['size', 'ok'],
    ])
  })
  it('says loudly when the message is too large', () => {
    expect(summariseChecks([check({ kind: 'size', size: 20, limit: 10, blocking: true })])[0]?.tone).toBe(
      'alert',
    )
  })
})

describe('quote attribution', () => {
  const sentence = (who: string, when: string): string => `Le ${when}, ${who} a écrit :`
  it('turns the core’s line into a sentence, once', () => {
    const text = '\n\nDr A <a@x.test>, 22/11/2026 09:31 :\n> Bonjour'
    const once = withAttribution(text, sentence)
    expect(once).toBe('\n\nLe 22/11/2026 09:31, Dr A a écrit :\n> Bonjour')
    expect(withAttribution(once, sentence)).toBe(once)
  })
  it('does it in HTML without undoing its escapes', () => {
    expect(
      withHtmlAttribution(
        '<p></p><p>A &amp; B &lt;a@x.test&gt;, 22/11/2026 09:31 :</p><blockquote>x</blockquote>',
        sentence,
      ),
    ).toBe('<p></p><p>Le 22/11/2026 09:31, A &amp; B a écrit :</p><blockquote>x</blockquote>')
  })
  it('leaves what the user typed', () => {
    const typed = 'Bonjour\nDr A, 22/11/2026 09:31 :\n> x'
    expect(withAttribution(typed, sentence)).toBe(typed)
  })
})

describe('rich text', () => {
  it('reads a sanitised tree into the editor’s few kinds', () => {
    const document = documentOfTree(
      tree(
        '<div>Cher <b>confrère</b>,</div><ul><li>un</li><li><p>deux</p></li></ul><blockquote>cité</blockquote><a href="https://a.test">lien</a>',
      ),
    )
    expect(document.content?.map((block) => block.type)).toEqual([
      'paragraph',
      'bulletList',
      'blockquote',
      'paragraph',
    ])
    expect(textOfDocument(document)).toBe('Cher confrère,\n- un\n- deux\n> cité\nlien (https://a.test)')
  })
  it('keeps no link but http and https', () => {
    expect(JSON.stringify(documentOfTree(tree('<a href="javascript:alert(1)">x</a>')))).not.toContain(
      'javascript',
    )
  })
  it('gives any tree a document that holds its words', () => {
    const node = fc.letrec((tie) => ({
      html: fc.oneof(
        { depthSize: 'small' },
        fc.stringMatching(/^[a-z]{1,6}$/),
        fc
          .tuple(
            fc.constantFrom('p', 'div', 'b', 'ul', 'li', 'ol', 'blockquote', 'table', 'tr', 'td', 'a', 'h1'),
            fc.array(tie('html'), { maxLength: 4 }),
          )
          .map(([name, children]) => `<${name}>${children.join('')}</${name}>`),
      ),
    })).html
    fc.assert(
      fc.property(node, (html) => {
        const root = tree(String(html))
        const words = (root.textContent.match(/[a-z]/g) ?? []).sort().join('')
        const kept = (textOfDocument(documentOfTree(root)).match(/[a-z]/g) ?? []).sort().join('')
        expect(kept).toBe(words)
      }),
    )
  })
  it('goes from text to document and back', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('', 'Bonjour', '> cité', '> > deux'), { minLength: 1 }),
        (lines) => {
          const text = lines.join('\n')
          expect(textOfDocument(documentOfText(text))).toBe(text)
        },
      ),
    )
  })
})

describe('attaching a file', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    delete window.souspli
  })
  it('cuts at 1 MiB, the last piece told', () => {
    expect(piecesOf(0)).toEqual([{ start: 0, end: 0, last: true }])
    expect(piecesOf(chunkSize)).toHaveLength(1)
    expect(piecesOf(chunkSize + 1)).toEqual([
      { start: 0, end: chunkSize, last: false },
      { start: chunkSize, end: chunkSize + 1, last: true },
    ])
  })
  it('sends the pieces in order, then attaches', async () => {
    const sent: string[] = []
    vi.stubGlobal('fetch', (address: string) => {
      sent.push(address)
      return Promise.resolve(new Response(null, { status: 204 }))
    })
    const attachment = {
      id: 'a',
      fileName: 'x.pdf',
      mimeType: 'application/pdf',
      size: 3,
      url: 'souspli-part://a',
    }
    const invoked: unknown[] = []
    window.souspli = {
      invoke: (method, input) => {
        invoked.push([method, input])
        return Promise.resolve({ ok: true, value: attachment })
      },
      on: () => 0,
      off: () => undefined,
      origins: { part: 'souspli-part://', mail: 'souspli-mail://' },
    }
    const file = new File([new Uint8Array(chunkSize + 5)], 'x.pdf', { type: 'application/pdf' })
    const progress: number[] = []
    const outcome = await attachFile(
      7,
      file,
      'up1',
      (bytes) => progress.push(bytes),
      new AbortController().signal,
    )
    expect(outcome).toEqual({ ok: true, value: attachment })
    expect(sent).toEqual([
      'souspli-part://upload/up1?index=0&last=false',
      'souspli-part://upload/up1?index=1&last=true',
    ])
    expect(progress).toEqual([chunkSize, chunkSize + 5])
    expect(invoked).toEqual([
      ['drafts.attach', { id: 7, uploadId: 'up1', fileName: 'x.pdf', mimeType: 'application/pdf' }],
    ])
  })
  it('gives the core’s reason when a piece is refused', async () => {
    vi.stubGlobal('fetch', () =>
      Promise.resolve(
        new Response('{"error":{"code":"vault.disk-full","retry":"after-change"}}', { status: 400 }),
      ),
    )
    window.souspli = {
      invoke: () => Promise.reject(new Error('not asked')),
      on: () => 0,
      off: () => undefined,
      origins: { part: 'souspli-part://', mail: 'souspli-mail://' },
    }
    const outcome = await attachFile(
      7,
      new File(['x'], 'x'),
      'up1',
      () => undefined,
      new AbortController().signal,
    )
    expect(outcome).toMatchObject({ ok: false, error: { code: 'vault.disk-full' } })
  })
})
