import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildAll } from '../../scripts/build.ts'
import { launchStandin } from './index.ts'
import type { StandinApp } from './index.ts'

interface Bridge {
  invoke: (
    method: string,
    input: unknown,
  ) => Promise<{ ok: boolean; value?: unknown; error?: { code: string } }>
  origins: { part: string; mail: string }
}
declare const window: {
  souspli: Bridge
  heard: { phase?: string }[]
  open: (url: string) => unknown
  ran?: boolean
}
interface Element {
  src: string
  innerHTML: string
  click: () => void
}
declare const document: {
  createElement: (name: string) => Element & { href: string }
  body: { append: (element: unknown) => void; replaceChildren: () => void; innerHTML: string }
  querySelector: (selector: string) => { textContent: string } | null
}
declare const location: { href: string }
declare const indexedDB: {
  open: (name: string) => {
    onupgradeneeded: () => void
    onsuccess: () => void
    result: { createObjectStore: (name: string) => void; close: () => void }
  }
  databases: () => Promise<{ name: string }[]>
}
declare const localStorage: { setItem: (key: string, value: string) => void; length: number }

const fixtures = join(import.meta.dirname, 'fixtures')
const folder = mkdtempSync(join(tmpdir(), 'souspli-standin-'))
const profile = join(folder, 'profile')
let app: StandinApp

const launch = (): Promise<StandinApp> =>
  launchStandin({
    args: [
      `--profile=${profile}`,
      `--policy=${join(fixtures, 'policy.json')}`,
      `--core=${join(fixtures, 'core.ts')}`,
      `--card=${join(fixtures, 'card.ts')}`,
      `--renderer=${join(fixtures, 'window')}`,
    ],
    env: { SOUSPLI_STANDIN_KEYSTORE: join(folder, 'simulated-key-store') },
  })

const invoke = (method: string, input: unknown) =>
  app.page.evaluate(([name, value]) => window.souspli.invoke(name, value), [method, input] as const)

const waitHeard = (phase: string) =>
  app.page.waitForFunction((wanted) => window.heard.some((state) => state.phase === wanted), phase)

const publishMail = (html: string): Promise<string> =>
  app.page.evaluate(async (source) => {
    const published = await fetch(`${window.souspli.origins.mail}publish/`, { method: 'POST', body: source })
    const frame = document.createElement('iframe')
    frame.src = `${window.souspli.origins.mail}${await published.text()}/`
    const shown = new Promise((resolve) => Object.assign(frame, { onload: resolve }))
    document.body.append(frame)
    await shown
    return frame.src
  }, html)

beforeAll(async () => {
  await buildAll(false, ['main', 'preload'])
  app = await launch()
})
afterAll(async () => {
  await app.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the real main and preload on the stand-in', () => {
  it('opens a page of the bundle and relays a call to the core process and back', async () => {
    expect(app.page.url()).toBe('https://app.souspli.invalid/index.html')
    await app.page.waitForFunction(() => document.querySelector('#settings')?.textContent !== '')
    expect(await app.page.textContent('#settings')).toContain('"ok":true')
  })

  it('exposes invoke, on, off and origins, frozen, and nothing else of Node or the stand-in', async () => {
    const seen = await app.page.evaluate(() => ({
      api: Object.keys(window.souspli).sort(),
      frozen: Object.isFrozen(window.souspli),
      node: ['require', 'process', 'Buffer', 'module'].filter((name) => name in globalThis),
    }))
    expect(seen).toEqual({ api: ['invoke', 'off', 'on', 'origins'], frozen: true, node: [] })
  })

  it('refuses what the contract refuses, and never lets a reply outside it through', async () => {
    expect(await invoke('no.such', null)).toMatchObject({ error: { code: 'contract.unknown-method' } })
    expect(await invoke('toString', null)).toMatchObject({ error: { code: 'contract.unknown-method' } })
    expect(await invoke('settings.set', { theme: 'pink' })).toMatchObject({
      error: { code: 'contract.invalid-request' },
    })
    expect(await invoke('keys.list', null)).toMatchObject({ error: { code: 'contract.invalid-reply' } })
  })

  it('answers its own calls: about, links to the system browser', async () => {
    expect(await invoke('window.about', null)).toMatchObject({ value: { host: 'electron-standin' } })
    expect(await invoke('window.openLink', { url: 'https://example.org/a' })).toEqual({
      ok: true,
      value: null,
    })
    expect(await app.waitForExternal()).toBe('https://example.org/a')
    for (const url of [
      'http://example.org/',
      'file:///etc/passwd',
      'smb://x/y',
      'javascript:1',
      'https://a:b@c/',
    ]) {
      expect(await invoke('window.openLink', { url })).toMatchObject({
        error: { code: 'contract.invalid-request' },
      })
    }
  })

  it('starts the card process, hands its port to the core, keeps a secret in the key store', async () => {
    expect(await invoke('messages.undo', { operationId: 1 })).toEqual({ ok: true, value: null })
    await waitHeard('opening')
    const content = {
      accountId: 1,
      to: [],
      cc: [],
      bcc: [],
      subject: '',
      text: '',
      html: null,
      sign: false,
      encrypt: false,
      readReceipt: false,
    }
    const saved = await invoke('drafts.save', { id: 1, content })
    expect(saved.value).toEqual({ savedAt: `secret kept, card answers hello, profile ${profile}` })
    expect(await invoke('outbox.retry', { id: 1 })).toMatchObject({ ok: true })
    expect(await app.waitForExternal()).toBe('http://127.0.0.1:1/login')
  })

  it('streams a part of 20 MB and an error for an expired one', async () => {
    const got = await app.page.evaluate(async () => {
      const answer = await fetch(`${window.souspli.origins.part}20000000/x`)
      const bytes = new Uint8Array(await answer.arrayBuffer())
      const gone = await fetch(`${window.souspli.origins.part}0/x`)
      return {
        size: bytes.byteLength,
        last: bytes.at(-1),
        type: answer.headers.get('content-type'),
        gone: gone.status,
        error: await gone.json(),
      }
    })
    expect(got).toEqual({
      size: 20_000_000,
      last: Math.floor(20_000_000 / 262_144) % 251,
      type: 'application/pdf',
      gone: 404,
      error: { error: { code: 'part.expired', retry: 'no' } },
    })
  })

  it('uploads 20 MB in pieces and refuses a piece too big', async () => {
    const sent = await app.page.evaluate(async () => {
      const size = 1_048_576
      const count = 20
      const statuses = new Set<number>()
      for (let index = 0; index < count; index++) {
        const address = `${window.souspli.origins.part}upload/abc?index=${index}&last=${index === count - 1}`
        statuses.add((await fetch(address, { method: 'POST', body: new Uint8Array(size) })).status)
      }
      const big = await fetch(`${window.souspli.origins.part}upload/abc?index=0&last=true`, {
        method: 'POST',
        body: new Uint8Array(size + 1),
      })
      return { statuses: [...statuses], big: big.status }
    })
    expect(sent).toEqual({ statuses: [204], big: 413 })
    const attached = await invoke('drafts.attach', {
      id: 1,
      uploadId: 'abc',
      fileName: 'radio.pdf',
      mimeType: 'application/pdf',
    })
    expect(attached.value).toMatchObject({ size: 20 * 1_048_576 })
  })

  it('saves a part where the user says, opens a copy in the private folder, refuses a program', async () => {
    const part = { url: 'souspli-part://10/', fileName: '../../lettre.pdf' }
    expect(await invoke('window.savePart', part)).toEqual({ ok: true, value: false })
    const filePath = join(folder, 'saved.pdf')
    app.setDialogAnswer('showSaveDialog', { canceled: false, filePath })
    expect(await invoke('window.savePart', part)).toEqual({ ok: true, value: true })
    expect(readFileSync(filePath, 'utf8')).toBe('copie fictive')
    expect(await invoke('window.openPart', part)).toEqual({ ok: true, value: null })
    expect(app.openedPaths).toEqual([join(profile, 'opened/copy/lettre.pdf')])
    expect(await invoke('window.openPart', { ...part, fileName: 'lettre.pdf.exe' })).toMatchObject({
      error: { code: 'contract.invalid-request' },
    })
  })

  it('shows a hostile mail without running it and without a request leaving', async () => {
    const refused = app.traffic.refused.length
    const frame = await publishMail(`<!doctype html><html><head>
      <meta http-equiv="refresh" content="0;url=https://refresh.attaquant.invalid/">
      <link rel="stylesheet" href="https://style.attaquant.invalid/a.css">
      <style>body { background: url(https://fond.attaquant.invalid/b.png) } @import "https://import.attaquant.invalid/c.css";</style>
      <script>parent.ran = true; fetch('https://script.attaquant.invalid/')</script></head>
      <body onload="parent.ran = true"><p id="text">Texte</p>
      <img src="https://image.attaquant.invalid/d.png" onerror="parent.ran = true">
      <video poster="https://affiche.attaquant.invalid/e.png"></video><iframe src="https://cadre.attaquant.invalid/"></iframe>
      <object data="https://objet.attaquant.invalid/"></object>
      <form action="https://formulaire.attaquant.invalid/"><button id="send">Envoyer</button></form>
      <a id="link" target="_blank" href="https://lien.attaquant.invalid/page">lien</a></body></html>`)
    expect(frame).toMatch(/^https:\/\/mail\.souspli\.invalid\/[0-9a-f]{32}\/$/)
    const mail = app.page.frames().find((one) => one.url() === frame)
    expect(mail).toBeDefined()
    const box = app.page.frameLocator('iframe')
    expect(await box.locator('#text').textContent()).toBe('Texte')
    await box.locator('#send').click()
    await box.locator('#link').click()
    expect(await box.locator('#text').textContent()).toBe('Texte')
    expect(await app.page.evaluate(() => window.ran)).toBeUndefined()
    expect(app.traffic.refused.slice(refused)).toEqual([])
    expect(app.traffic.served.filter((one) => !/^souspli(-part|-mail)?:\/\//.test(one))).toEqual([])
  })

  it('blocks popups, navigation of the window, foreign frames and requests', async () => {
    const address = app.page.url()
    const blocked = await app.page.evaluate(async () => {
      window.open('https://popup.attaquant.invalid/')
      location.href = 'https://ailleurs.attaquant.invalid/'
      const reached = await fetch('https://requete.attaquant.invalid/').then(
        () => true,
        () => false,
      )
      const ipc = await fetch(`${window.souspli.origins.mail}publish/x`, { method: 'POST', body: '' }).then(
        (answer) => answer.status,
        () => 0,
      )
      return { reached, ipc }
    })
    expect(blocked.reached).toBe(false)
    await expect.poll(() => app.traffic.popups.length).toBe(1)
    await expect.poll(() => app.traffic.refused).toContain('https://ailleurs.attaquant.invalid/')
    expect(app.page.url()).toBe(address)
    expect(app.windows()).toHaveLength(1)
  })

  it('leaves nothing in storage, in frames or in opened files after a lock', async () => {
    await invoke('session.openWithPassphrase', { passphrase: 'mot de passe fictif' })
    await waitHeard('open')
    const ticket = await publishMail('<p>Courrier fictif</p>')
    await app.page.evaluate(async () => {
      localStorage.setItem('brouillon', 'texte fictif')
      await new Promise<void>((resolve) => {
        const opening = indexedDB.open('travail')
        opening.onupgradeneeded = () => opening.result.createObjectStore('messages')
        opening.onsuccess = () => resolve()
      })
    })
    expect(existsSync(join(profile, 'opened/copy'))).toBe(true)
    const reloaded = app.page.waitForEvent('framenavigated', (frame) =>
      frame.url().startsWith('https://app.'),
    )
    await app.page.evaluate(() => void window.souspli.invoke('session.lock', { reason: 'user' }))
    await reloaded
    await app.page.waitForFunction(() => document.querySelector('#settings')?.textContent !== '')
    const left = await app.page.evaluate(async () => ({
      databases: await indexedDB.databases(),
      local: localStorage.length,
    }))
    expect(left).toEqual({ databases: [], local: 0 })
    await app.page.evaluate((src) => {
      const frame = document.createElement('iframe')
      frame.src = src
      document.body.append(frame)
    }, ticket)
    await app.page.waitForResponse((response) => response.url() === ticket && response.status() === 404)
    expect(existsSync(join(profile, 'opened/copy'))).toBe(false)
  })

  it('locks on suspend, survives the death of its core', async () => {
    await app.emitPower('suspend')
    await app.page.waitForFunction(() => window.heard.some((state) => state.phase === 'locked'))
    expect(await invoke('folders.list', null)).toMatchObject({ error: { code: 'core.unavailable' } })
    await expect.poll(async () => (await invoke('settings.get', null)).ok).toBe(true)
    expect(app.logs()).toContain('core process ended with code 7')
  })

  it('shows its window again when the window’s process dies', async () => {
    const before = app.page
    const session = await before.context().newCDPSession(before)
    session.send('Page.crash').catch(() => undefined) // the page cannot answer
    await expect.poll(() => app.windows().filter((page) => page !== before).length).toBe(1)
    const [after] = app.windows()
    await expect.poll(() => after?.url() ?? '').toContain('index.html')
    expect(app.logs()).toContain('window process gone: crashed, loaded again')
    expect(await after?.evaluate(async () => (await window.souspli.invoke('settings.get', null)).ok)).toBe(
      true,
    )
  })

  it('gives way to the instance already running', async () => {
    await expect(launch()).rejects.toThrow('the app ended with code 0')
  })
})
