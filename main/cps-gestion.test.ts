import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createCpsGestion } from './cps-gestion.ts'

const on = (platform: NodeJS.Platform, installed: string[], starts = true) => {
  const started: string[] = []
  const program = createCpsGestion({
    platform,
    environment: { ProgramFiles: 'C:\\Program Files', 'ProgramFiles(x86)': 'C:\\Program Files (x86)' },
    mayRun: (path) => Promise.resolve(installed.includes(path)),
    run: (path) => {
      started.push(path)
      return Promise.resolve(starts)
    },
  })
  return { program, started }
}
const linux = '/opt/santesocial/CPS/bin/cpgeslux'

describe('CPS-Gestion', () => {
  it('is found where its installer puts it, the 64-bit one first, and started', async () => {
    const windows = join('C:\\Program Files', 'santesocial', 'CPS', 'cpgesw64.exe')
    const older = join('C:\\Program Files (x86)', 'santesocial', 'CPS', 'cpgesw32.exe')
    for (const [platform, installed, expected] of [
      ['linux', [linux], linux],
      ['win32', [older, windows], windows],
      ['win32', [older], older],
    ] as const) {
      const { program, started } = on(platform, [...installed])
      expect(await program.find()).toBe(expected)
      expect(await program.open()).toEqual({ ok: true, value: null })
      expect(started).toEqual([expected])
    }
  })
  it('is said to be missing where it is not, where no place is known, and when it does not start', async () => {
    const missing = { ok: false, error: { code: 'card.pin-program-missing', retry: 'after-change' } }
    expect(await on('linux', []).program.open()).toEqual(missing)
    expect(await on('darwin', [linux]).program.open()).toEqual(missing)
    expect(await on('linux', [linux], false).program.open()).toEqual(missing)
  })
})
