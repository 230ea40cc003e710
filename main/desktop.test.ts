import { EventEmitter } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { asksForDebugging, readCommandLine } from './command-line.ts'
import { menuTemplate } from './menu.ts'
import { isOpenedFile, runsWhenOpened, wipeOpenedFiles } from './opened-files.ts'
import { policyPath, readPolicy } from './policy.ts'
import { protectSecret, unprotectSecret } from './secrets.ts'
import { mayOpenForCore } from './window-calls.ts'
import { reviveWindow, windowOptions } from './window.ts'

const folder = mkdtempSync(join(tmpdir(), 'souspli-main-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the command line', () => {
  const argv = [
    'souspli',
    '--policy=/p.json',
    '--profile=/x',
    '--dev-server=http://127.0.0.1:5000/' + '0a'.repeat(16),
  ]

  it('sets folders and the development server while not packaged', () => {
    expect(readCommandLine(argv, false)).toMatchObject({
      policy: '/p.json',
      profile: '/x',
      core: null,
      devServer: 'http://127.0.0.1:5000/' + '0a'.repeat(16),
    })
  })

  it('sets nothing in a packaged product', () => {
    expect(new Set(Object.values(readCommandLine(argv, true)))).toEqual(new Set([null]))
  })

  it('takes a development server of this machine only', () => {
    for (const url of [
      'http://10.0.0.1:5000/',
      'https://127.0.0.1:5000/',
      'http://127.0.0.1.evil:5000/',
      'http://127.0.0.1:5000/',
    ]) {
      const full =
        url + (url.endsWith('5000/') && url.startsWith('http://127.0.0.1:') ? 'short' : '0a'.repeat(16))
      expect(readCommandLine([`--dev-server=${full}`], false).devServer, full).toBeNull()
    }
  })

  it('knows a request to debug or weaken', () => {
    for (const one of [
      '--remote-debugging-port=9222',
      '--remote-debugging-pipe',
      '--inspect-brk',
      '--js-flags=x',
      '--no-sandbox',
    ]) {
      expect(asksForDebugging(['souspli', one]), one).toBe(true)
    }
    expect(asksForDebugging(argv)).toBe(false)
  })
})

describe('windows', () => {
  const screenArea = { width: 1920, height: 1040 }

  it('are 1440 × 900, or as much of it as the screen has', () => {
    const sizeOn = (area: typeof screenArea) => {
      const { width, height } = windowOptions('/preload.cjs', 'electron', true, area)
      return { width, height }
    }
    expect(sizeOn(screenArea)).toEqual({ width: 1440, height: 900 })
    expect(sizeOn({ width: 1366, height: 728 })).toEqual({ width: 1366, height: 728 })
  })

  it('are sandboxed, isolated, without Node, in memory', () => {
    const { webPreferences } = windowOptions('/preload.cjs', 'electron', true, screenArea)
    expect(webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      devTools: false,
    })
    expect(webPreferences?.partition).not.toContain('persist:')
  })

  it('are loaded again when their process dies, not for ever', async () => {
    const contents = new EventEmitter()
    const loaded: string[] = []
    const lines: string[] = []
    const destroy = vi.fn()
    let time = 0
    reviveWindow(
      {
        webContents: contents,
        isDestroyed: () => false,
        destroy,
        loadURL: (url: string) => Promise.resolve(void loaded.push(url)),
      } as unknown as Parameters<typeof reviveWindow>[0],
      { now: () => time, log: (event) => lines.push(event) },
    )
    contents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 })
    expect(loaded).toEqual([])
    for (let crash = 0; crash < 3; crash++)
      contents.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 5 })
    expect(loaded).toEqual(Array(3).fill('souspli://app/index.html'))
    time += 60_001
    for (let crash = 0; crash < 4; crash++)
      contents.emit('render-process-gone', {}, { reason: 'oom', exitCode: 5 })
    expect(loaded).toHaveLength(6)
    expect(destroy).toHaveBeenCalledTimes(1)
    expect(lines.at(-1)).toBe('window process gone: oom, closed')
  })

  it('offer developer tools only while not packaged', () => {
    expect(JSON.stringify(menuTemplate('linux', true))).not.toMatch(/toggleDevTools|reload/)
    expect(JSON.stringify(menuTemplate('linux', false))).toContain('toggleDevTools')
  })
})

describe('the policy', () => {
  it('is empty where there is no file, and refused when broken', async () => {
    const path = join(folder, 'policy.json')
    expect(await readPolicy(path, true)).toEqual({ ok: true, value: {} })
    expect((await readPolicy(path, false)).ok).toBe(false)
    for (const text of ['{', '[]', '{"environment":"both"}', '{"unknown":1}', ' '.repeat(1_048_577)]) {
      writeFileSync(path, text)
      expect((await readPolicy(path, true)).ok, text.slice(0, 30)).toBe(false)
    }
    writeFileSync(path, '{"environment":"test"}')
    expect(await readPolicy(path, true)).toEqual({ ok: true, value: { environment: 'test' } })
    expect((await readPolicy(folder, true)).ok).toBe(false)
  })

  it('lies where only an administrator writes', () => {
    expect(policyPath('linux', {})).toBe('/etc/souspli/policy.json')
    expect(policyPath('darwin', {})).toBe('/Library/Application Support/SousPli/policy.json')
    expect(policyPath('win32', { ProgramData: 'D:\\Data' })).toContain('D:\\Data')
  })
})

describe('the device secret', () => {
  type Storage = Parameters<typeof protectSecret>[0]
  const storage = (backend: string, available = true) =>
    ({
      isAsyncEncryptionAvailable: async () => available,
      getSelectedStorageBackend: () => backend,
      encryptStringAsync: async (text: string) => Buffer.from(`wrapped ${text}`),
      decryptStringAsync: async (bytes: Buffer) => {
        const text = bytes.toString()
        if (!text.startsWith('wrapped ')) throw new Error('other machine')
        return { result: text.slice(8), shouldReEncrypt: false }
      },
    }) as Storage
  const bytes = new Uint8Array([0, 255, 7])
  const lost = { ok: false, error: { code: 'vault.device-secret-lost' } }

  it('comes back as it went', async () => {
    const wrapped = await protectSecret(storage('kwallet6'), 'linux', bytes)
    expect(
      wrapped.ok && (await unprotectSecret(storage('kwallet6'), 'linux', wrapped.value as Uint8Array)),
    ).toEqual({
      ok: true,
      value: bytes,
    })
  })

  it('is refused where the key store only pretends, is missing, or is another’s', async () => {
    expect(await protectSecret(storage('basic_text'), 'linux', bytes)).toMatchObject(lost)
    expect(await unprotectSecret(storage('basic_text'), 'linux', bytes)).toMatchObject(lost)
    expect(await protectSecret(storage('unknown', false), 'win32', bytes)).toMatchObject(lost)
    expect(await unprotectSecret(storage('unknown'), 'win32', bytes)).toMatchObject(lost)
  })
})

describe('opened files', () => {
  it('are wiped, the folder stays for its owner only', async () => {
    const opened = join(folder, 'opened')
    mkdirSync(join(opened, 'a'), { recursive: true })
    writeFileSync(join(opened, 'a/lettre.pdf'), 'fictif')
    expect(await wipeOpenedFiles(opened)).toBe(true)
    expect(readdirSync(opened)).toEqual([])
    expect(statSync(opened).mode & 0o777).toBe(0o700)
  })

  it('are really inside the private folder', async () => {
    const opened = join(folder, 'opened')
    writeFileSync(join(opened, 'in.pdf'), '')
    writeFileSync(join(folder, 'out.pdf'), '')
    symlinkSync(join(folder, 'out.pdf'), join(opened, 'link.pdf'))
    expect(await isOpenedFile(opened, join(opened, 'in.pdf'))).toBe(true)
    expect(await isOpenedFile(opened, join(opened, '../out.pdf'))).toBe(false)
    expect(await isOpenedFile(opened, join(opened, 'link.pdf'))).toBe(false)
    expect(await isOpenedFile(opened, join(opened, 'missing.pdf'))).toBe(false)
  })

  it('are never programs', () => {
    for (const name of [
      'a.exe',
      'a.PDF.EXE',
      'a.exe. .',
      'lettre.html',
      'image.svg',
      'a.docm',
      'a.lnk',
      ' a.sh ',
    ]) {
      expect(runsWhenOpened(name), name).toBe(true)
    }
    for (const name of ['a.pdf', 'a.jpg', 'radio.dcm', 'notes', 'a.docx'])
      expect(runsWhenOpened(name), name).toBe(false)
  })
})

describe('addresses the core may open in the system’s browser', () => {
  it('are https, or http on this machine', () => {
    for (const url of [
      'https://auth.esw.esante.gouv.fr/x',
      'http://127.0.0.1:4000/auth',
      'http://localhost:1/',
    ]) {
      expect(mayOpenForCore(url), url).toBe(true)
    }
    for (const url of [
      'http://example.org/',
      'file:///x',
      'smb://127.0.0.1/',
      'http://127.0.0.1.evil/',
      'x',
    ]) {
      expect(mayOpenForCore(url), url).toBe(false)
    }
  })
})
