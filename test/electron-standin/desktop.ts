import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { askHost, onHost } from './app-channel.ts'
import { createEmitter, strict } from './strict.ts'

/** Answers come from the host: what a test preset, else « cancel ». */
export const dialog = strict('dialog', {
  showSaveDialog: (_window: object, options: object): Promise<unknown> =>
    askHost('dialog', { method: 'showSaveDialog', options }),
  showOpenDialog: (_window: object, options: object): Promise<unknown> =>
    askHost('dialog', { method: 'showOpenDialog', options }),
  showErrorBox: (title: string, content: string): void => {
    console.error(`${title}: ${content}`)
    askHost('dialog', { method: 'showErrorBox', options: { title, content } }).catch(() => undefined) // said above
  },
})

export const shell = strict('shell', {
  openExternal: async (url: string): Promise<void> => {
    await askHost('external', { url })
  },
  openPath: (path: string): Promise<unknown> => askHost('open-path', { path }),
})

export const powerMonitor = createEmitter('powerMonitor', [
  'suspend',
  'resume',
  'lock-screen',
  'unlock-screen',
])
onHost('power', (payload) => {
  powerMonitor.emit((payload as { event: string }).event)
  return Promise.resolve(null)
})

/** A common screen of a practice, less the task bar. */
export const screen = strict('screen', {
  getPrimaryDisplay: () => ({ workAreaSize: { width: 1920, height: 1040 } }),
})

export const Menu = strict('Menu', {
  buildFromTemplate: (template: object[]) => ({ items: template }),
  setApplicationMenu: () => undefined,
})

/** SIMULATED key store: AES-256-GCM under a key in a file outside every profile folder. It protects nothing. */
const keyFile = (): string =>
  process.env['SOUSPLI_STANDIN_KEYSTORE'] ??
  join(homedir(), '.local/state/souspli-standin/simulated-key-store')

const simulatedKey = (): Buffer => {
  const file = keyFile()
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(file, randomBytes(32), { mode: 0o600, flag: 'wx' })
  }
  return readFileSync(file)
}
const label = Buffer.from('simulated1')

export const safeStorage = strict('safeStorage', {
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  getSelectedStorageBackend: () => process.env['SOUSPLI_STANDIN_BACKEND'] ?? 'gnome_libsecret',
  encryptStringAsync: (text: string): Promise<Buffer> => {
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', simulatedKey(), nonce)
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return Promise.resolve(Buffer.concat([label, nonce, cipher.getAuthTag(), sealed]))
  },
  decryptStringAsync: async (sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> => {
    const at = label.length
    if (!sealed.subarray(0, at).equals(label)) throw new Error('not made by the simulated key store')
    const decipher = createDecipheriv('aes-256-gcm', simulatedKey(), sealed.subarray(at, at + 12))
    decipher.setAuthTag(sealed.subarray(at + 12, at + 28))
    const text = Buffer.concat([decipher.update(sealed.subarray(at + 28)), decipher.final()])
    return Promise.resolve({ result: text.toString('utf8'), shouldReEncrypt: false })
  },
})
