import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createAppHandler } from './app-protocol.ts'
import { windowPolicy } from './content-security-policy.ts'
import type { OpenedPart, Upload } from './core-process.ts'
import { createMailFrames } from './mail-protocol.ts'
import { mayBeWindow, pageOrigins } from './origins.ts'
import { createPartHandler, uploadChunkLimit } from './part-protocol.ts'

const origins = pageOrigins('electron')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'souspli-bundle-'))
  mkdirSync(join(folder, 'window'))
  mkdirSync(join(folder, 'window-other'))
  writeFileSync(join(folder, 'window/index.html'), '<style nonce="__CSP_NONCE__"></style>')
  writeFileSync(join(folder, 'window/a b.js'), '1')
  writeFileSync(join(folder, 'secret.js'), 'secret')
  writeFileSync(join(folder, 'window-other/secret.js'), 'secret')
  writeFileSync(join(folder, 'window/.env'), 'secret')
  symlinkSync(join(folder, 'secret.js'), join(folder, 'window/link.js'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the bundle’s scheme', () => {
  const serve = (url: string, method = 'GET') =>
    createAppHandler({ root: join(folder, 'window'), policy: (nonce) => windowPolicy(origins, nonce, null) })(
      new Request(url, { method }),
    )

  it('serves a page under the policy, as a header, with a fresh nonce for styles', async () => {
    const answer = await serve('souspli://app/index.html')
    const nonce = /nonce="([^"]+)"/.exec(await answer.text())?.[1]
    const policy = answer.headers.get('content-security-policy')
    expect(policy).toBe(
      "default-src 'none'; script-src 'self'; " +
        `style-src 'self' 'nonce-${nonce}'; img-src 'self' blob: data: souspli-part:; font-src 'self'; ` +
        "connect-src 'self' souspli-part: souspli-mail:; frame-src souspli-mail:; worker-src 'self' blob:; " +
        "base-uri 'none'; form-action 'none'; object-src 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types souspli dompurify ProseMirrorClipboard",
    )
    const again = await serve('souspli://app/index.html')
    expect(again.headers.get('content-security-policy')).not.toBe(policy)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('differs in development by the hot-reload socket only', () => {
    const socket = 'ws://127.0.0.1:5173'
    expect(windowPolicy(origins, 'n', socket).replace(` ${socket}`, '')).toBe(
      windowPolicy(origins, 'n', null),
    )
  })

  it('decodes names and serves files of known types', async () => {
    expect(await (await serve('souspli://app/a%20b.js')).text()).toBe('1')
    expect((await serve('souspli://app/.env')).status).toBe(404)
    expect((await serve('souspli://app/')).status).toBe(404)
    expect((await serve('souspli://app/index.html', 'POST')).status).toBe(405)
  })

  it('never leaves its folder', async () => {
    for (const path of [
      '../secret.js',
      '..%2fsecret.js',
      '%2e%2e/secret.js',
      '%2e%2e%2fsecret.js',
      '..%5csecret.js',
      '..\\secret.js',
      '../window-other/secret.js',
      '..%2fwindow-other%2fsecret.js',
      'link.js',
      'a%00.js',
      '%zz.js',
      '//secret.js',
    ]) {
      const answer = await serve(`souspli://app/${path}`)
      expect([answer.status, await answer.text()], path).toEqual([404, ''])
    }
    expect((await serve('souspli://other/index.html')).status).toBe(404)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('..', '%2e', '%2f', '/', '\\', 'window', 'secret.js', '.', '%5c')),
        async (pieces) => {
          expect(await (await serve(`souspli://app/${pieces.join('')}`)).text()).not.toContain('secret')
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('the parts’ scheme', () => {
  const part = (chunks: (Uint8Array | null)[]): OpenedPart => ({
    head: { ok: true, mimeType: 'text/html', size: null, fileName: null },
    pull: vi.fn(async () => ({ ok: true as const, value: chunks.shift() ?? null })),
    cancel: vi.fn(),
  })
  const handler = (opened: OpenedPart, uploads: Upload[] = []) =>
    createPartHandler(
      {
        openPart: async () => opened,
        upload: async (upload) => {
          uploads.push(upload)
          return { ok: true, value: null }
        },
      },
      'souspli://app',
    )

  it('pulls a chunk only when the reader wants one, and cancels with it', async () => {
    const opened = part([new Uint8Array([1]), new Uint8Array([2]), new Uint8Array([3])])
    const answer = await handler(opened)(new Request('souspli-part://00/'))
    expect(opened.pull).not.toHaveBeenCalled()
    const reader = answer.body?.getReader()
    await reader?.read()
    expect(opened.pull).toHaveBeenCalledTimes(1)
    await reader?.cancel()
    expect(opened.cancel).toHaveBeenCalledTimes(1)
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'access-control-allow-origin': 'souspli://app',
    })
  })

  it('gives no header of the core’s a chance to be more than a media type', async () => {
    const opened = part([])
    opened.head = { ok: true, mimeType: 'text/html\r\nx: y', size: null, fileName: null }
    const answer = await handler(opened)(new Request('souspli-part://00/'))
    expect(answer.headers.get('content-type')).toBe('application/octet-stream')
  })

  it('takes uploads from our windows only, numbered, in pieces of 1 MiB at most', async () => {
    const uploads: Upload[] = []
    const post = async (address: string, body: Uint8Array<ArrayBuffer>, origin = 'souspli://app') =>
      (await handler(part([]), uploads)(new Request(address, { method: 'POST', body, headers: { origin } })))
        .status
    const piece = new Uint8Array(uploadChunkLimit)
    expect(await post('souspli-part://upload/a-b_1?index=3&last=true', piece)).toBe(204)
    expect(
      uploads.map(({ uploadId, index, last, bytes }) => [uploadId, index, last, bytes.byteLength]),
    ).toEqual([['a-b_1', 3, true, uploadChunkLimit]])
    expect(
      await post('souspli-part://upload/a?index=0&last=true', new Uint8Array(uploadChunkLimit + 1)),
    ).toBe(413)
    expect(await post('souspli-part://upload/a?index=0&last=true', piece, 'null')).toBe(400)
    for (const bad of [
      'upload/?index=0&last=true',
      'upload/a/b?index=0&last=true',
      'upload/a?index=-1&last=true',
      'upload/a?index=0',
      'other/a?index=0&last=true',
    ]) {
      expect(await post(`souspli-part://${bad}`, piece), bad).toBe(400)
    }
    expect(uploads).toHaveLength(1)
  })
})

describe('the mail frames’ scheme', () => {
  const setUp = () => {
    let time = 0
    let ticket = 0
    const frames = createMailFrames({
      origins,
      newTicket: () => (ticket++).toString(16).padStart(32, '0'),
      now: () => time,
    })
    const publish = async (html: string, origin = 'souspli://app') => {
      const request = new Request('souspli-mail://publish/', {
        method: 'POST',
        body: html,
        headers: { origin },
      })
      const answer = await frames.handle(request)
      return { status: answer.status, ticket: await answer.text() }
    }
    const show = (name: string) => frames.handle(new Request(`souspli-mail://${name}/`))
    return { frames, publish, show, later: (ms: number) => (time += ms) }
  }

  it('shows a published mail under its own policy, without scripts', async () => {
    const { publish, show } = setUp()
    const answer = await show((await publish('<p>é</p>')).ticket)
    expect(await answer.text()).toBe('<p>é</p>')
    const policy = answer.headers.get('content-security-policy')
    expect(policy).toBe(
      "default-src 'none'; img-src souspli-part: data:; style-src 'unsafe-inline'; font-src 'none'; form-action 'none'; base-uri 'none'; sandbox",
    )
  })

  it('publishes for our windows only', async () => {
    const { publish } = setUp()
    expect((await publish('x', 'null')).status).toBe(403)
    expect((await publish('x', 'https://example.org')).status).toBe(403)
  })

  it('forgets on lock, after an hour, and beyond 64', async () => {
    const { frames, publish, show, later } = setUp()
    const first = (await publish('1')).ticket
    frames.clear()
    expect((await show(first)).status).toBe(404)
    const second = (await publish('2')).ticket
    later(3_600_001)
    expect((await show(second)).status).toBe(404)
    const third = (await publish('3')).ticket
    for (let index = 0; index < 63; index++) await publish('x')
    expect((await show(third)).status).toBe(200)
    await publish('x')
    expect((await show(third)).status).toBe(404)
  })
})

describe('the Origin header of a POST', () => {
  it('is ours, or missing as Electron’s custom schemes leave it, and never another', () => {
    expect([origins.appOrigin, null].map((origin) => mayBeWindow(origin, origins))).toEqual([true, true])
    for (const origin of ['null', '', 'souspli://app.evil', 'souspli-mail://00', 'https://example.org']) {
      expect(mayBeWindow(origin, origins), origin).toBe(false)
    }
  })
})
