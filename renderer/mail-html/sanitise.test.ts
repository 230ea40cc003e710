// @vitest-environment jsdom
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMailSanitiser } from './sanitise.ts'
import type { PictureSource } from './sanitise.ts'

const { sanitise, tree } = createMailSanitiser(window)
const partUrl = 'souspli-part://session/logo'
const pictures: PictureSource = {
  byContentId: (id) => (id === 'logo@x' ? partUrl : null),
  isPart: (url) => url === partUrl,
}
const clean = (html: string) => {
  const result = sanitise(html, pictures)
  if (!result) throw new Error('not settled')
  return result
}

const inertTags = new Set(
  [
    'script',
    'style',
    'iframe',
    'object',
    'embed',
    'form',
    'input',
    'button',
    'link',
    'meta',
    'base',
    'svg',
    'math',
  ].concat([
    'video',
    'audio',
    'source',
    'track',
    'template',
    'textarea',
    'select',
    'frame',
    'frameset',
    'applet',
  ]),
)

/** Everything that could run or fetch in the output, read from its own parse. */
const dangersOf = (html: string): string[] => {
  const parsed = new DOMParser().parseFromString(html, 'text/html')
  const found: string[] = []
  for (const element of parsed.body.querySelectorAll('*')) {
    const tag = element.nodeName.toLowerCase()
    if (inertTags.has(tag) || element.namespaceURI !== 'http://www.w3.org/1999/xhtml') found.push(`<${tag}>`)
    for (const { name, value } of element.attributes) {
      if (name.startsWith('on')) found.push(`${tag} ${name}`)
      if (name === 'href' && !/^https?:\/\//.test(value)) found.push(`href ${value}`)
      if (name === 'src' && value !== partUrl && !value.startsWith('data:image/')) found.push(`src ${value}`)
      if (name === 'style' && /url|image|expression|var\(|position|@|\\/i.test(value))
        found.push(`style ${value}`)
      if (
        [
          'srcset',
          'background',
          'poster',
          'action',
          'formaction',
          'ping',
          'id',
          'name',
          'class',
          'target',
        ].includes(name)
      )
        found.push(`${tag} ${name}`)
    }
  }
  return found
}

describe('mail sanitiser', () => {
  it('keeps the words and their form, drops what runs', () => {
    expect(
      clean(
        '<p style="color:#b42318;position:fixed" onclick="x()">Bonjour <b>docteur</b><script>alert(1)</script></p>',
      ).html,
    ).toBe('<p style="color:#b42318">Bonjour <b>docteur</b></p>')
  })
  it('shows pictures of the message and counts the others as blocked', () => {
    const result = clean(
      '<img src="cid:logo@x" alt="Logo"><img src="cid:unknown"><img width=1 height=1 src="https://trap.invalid/p.gif">',
    )
    expect(result.html).toBe(`<img src="${partUrl}" alt="Logo"><img alt=""><img alt="">`)
    expect(result.blockedPictures).toBe(2)
  })
  it('names a picture that is not shown without the sign of a broken one', () => {
    const result = clean('<p><img src="https://trap.invalid/p.gif" alt="Logo <b>du</b> cabinet"></p>')
    expect(result.html).toBe(
      '<p><span style="border:1px dashed #8a99a6;color:#4a5b6b;padding:0 4px">Logo &lt;b&gt;du&lt;/b&gt; cabinet</span></p>',
    )
    expect(result.blockedPictures).toBe(1)
    expect(clean(result.html).html).toBe(result.html)
  })

  it('refuses svg pictures even as data', () => {
    expect(clean('<img src="data:image/svg+xml;base64,PHN2Zz4=">').html).toBe('<img alt="">')
    expect(clean('<img alt="" src="data:image/png;base64,iVBORw0=">').html).toContain('data:image/png')
  })
  it('lists links in the order of the document with their real host', () => {
    const { links } = clean(
      '<a href="https://a.example/x">ici</a> <a href="javascript:alert(1)">non</a> <a href="http://evil.example">www.ameli.fr</a>',
    )
    expect(links.map((link) => [link.host, link.openable, link.announcedHost])).toEqual([
      ['a.example', true, null],
      ['evil.example', false, 'www.ameli.fr'],
    ])
  })
  it('gives a tree without attributes but addresses of links', () => {
    expect(
      tree('<p class=x onclick=y()>a <a href="https://x.example" target=_top>b</a><img src=x></p>')
        ?.innerHTML,
    ).toBe('<p>a <a href="https://x.example/">b</a><img alt=""></p>')
  })
  it('refuses what is too long instead of cutting it', () => {
    expect(sanitise('x'.repeat(2_000_001), pictures)).toBeNull()
  })
  it('is idempotent and inert on generated markup', () => {
    const name = fc.constantFrom(
      ...[
        'p',
        'a',
        'b',
        'table',
        'tr',
        'td',
        'svg',
        'math',
        'mtext',
        'mglyph',
        'style',
        'form',
        'select',
        'option',
        'template',
      ],
      ...[
        'title',
        'noscript',
        'pre',
        'li',
        'ul',
        'font',
        'img',
        'foreignObject',
        'annotation-xml',
        'textarea',
        'xmp',
        'div',
      ],
    )
    const attribute = fc.constantFrom(
      ...[
        'href="javascript:alert(1)"',
        'href="https://x.example/?a=1&b"',
        'src="cid:logo@x"',
        'src=x onerror=alert(1)',
      ],
      ...[
        'style="background:url(https://t.invalid)"',
        'style="color:red;width:10px"',
        'title="<img src=x>"',
        'id=a',
        'srcset=x',
      ],
      ...[
        'style=\'font-family:"A b",serif\'',
        'style="width:calc(1px)"',
        'align=left',
        'colspan=2',
        'dir=rtl',
      ],
    )
    const piece = fc.oneof(
      fc.tuple(name, attribute).map(([tag, attr]) => `<${tag} ${attr}>`),
      name.map((tag) => `<${tag}>`),
      name.map((tag) => `</${tag}>`),
      fc.constantFrom('<!--', '-->', '<![CDATA[', ']]>', '\n', '&lt;', '&amp;', '\u0000', '</p', '<'),
      fc.string({ maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const first = clean(pieces.join(''))
        expect(clean(first.html).html).toBe(first.html)
        const parsed = new DOMParser().parseFromString(`<body>${first.html}`, 'text/html')
        if (first.html.includes('<')) expect(parsed.body.innerHTML).toBe(first.html)
        expect(dangersOf(first.html)).toEqual([])
      }),
      { numRuns: 400 },
    )
  })
})

const corpus = '/work/shared/corpus/mail/html'
const vectorFiles = ['h5sc-vectors.jsonl', 'dompurify-payloads.jsonl', 'remote-content-vectors.jsonl']
describe.skipIf(!existsSync(corpus))('hostile vectors of the corpus', () => {
  for (const file of vectorFiles) {
    it(`${file}: nothing runs, nothing is fetched, output is a fixed point`, () => {
      const lines = readFileSync(`${corpus}/${file}`, 'utf8').split('\n').filter(Boolean)
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) {
        const vector = JSON.parse(line) as { id: string; html: string }
        const result = clean(vector.html)
        expect({ id: vector.id, dangers: dangersOf(result.html) }).toEqual({ id: vector.id, dangers: [] })
        expect(clean(result.html).html).toBe(result.html)
      }
    })
  }
  it('real mails settle and keep words', () => {
    for (const name of readdirSync(`${corpus}/jwz-bodies`)) {
      const html = readFileSync(`${corpus}/jwz-bodies/${name}`, 'latin1')
      if (html.length > 300_000) continue
      const result = clean(html)
      expect({ name, dangers: dangersOf(result.html) }).toEqual({ name, dangers: [] })
    }
  })
})
