import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)

interface Configuration {
  files: string[]
  asarUnpack: string[]
  afterPack: string
  icon: string
  linux: { target: string[]; files: string[] }
  win: { target: string[]; files: string[] }
  mac: { target: string[]; files: string[]; hardenedRuntime: boolean; entitlements: string; sign: string }
  msi: { perMachine: boolean }
  nsis: { perMachine: boolean }
}

/** As electron-builder itself reads it (its js-yaml), so that a typing error shows here and not on a packaging machine. */
const configuration = (): Configuration => {
  const builder = createRequire(createRequire(require.resolve('electron-builder')).resolve('app-builder-lib'))
  const yaml = builder('js-yaml') as { load: (text: string) => unknown }
  return yaml.load(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as Configuration
}

describe('packaging', () => {
  it('sets every fuse that the installed @electron/fuses knows, as decided in models.md §5', () => {
    const { fuses } = require('./flip-fuses.cjs') as { fuses: Record<string, unknown> }
    const table = Object.fromEntries(
      Object.values(FuseV1Options)
        .filter((one): one is FuseV1Options => typeof one === 'number')
        .map((one) => [FuseV1Options[one], fuses[String(one)]]),
    )
    expect(table).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
      WasmTrapHandlers: true,
    })
    expect(fuses['strictlyRequireAllFuses']).toBe(true)
    expect(configuration().afterPack).toBe('build/flip-fuses.cjs')
  })

  it('is a configuration that electron-builder accepts', () => {
    const script = `
      const { createRequire } = require('node:module')
      const lib = createRequire(require.resolve('electron-builder')).resolve('app-builder-lib')
      const inside = createRequire(lib)
      const { validateConfiguration } = inside('./util/config/config')
      const yaml = inside('js-yaml')
      const text = require('node:fs').readFileSync('electron-builder.yml', 'utf8')
      validateConfiguration(yaml.load(text), { isEnabled: false, add() {} }).then(
        () => console.log('valid'),
        (error) => { console.error(error.message); process.exit(1) },
      )`
    expect(execFileSync(process.execPath, ['-e', script], { cwd: root, encoding: 'utf8' })).toBe('valid\n')
  })

  it('ships native code unpacked, for its own platform only', () => {
    const { asarUnpack, files, linux, win, mac } = configuration()
    expect(asarUnpack).toContain('**/*.node')
    expect(files).toContain('node_modules/@signalapp/sqlcipher/prebuilds/**')
    const kept = (own: string[]) =>
      ['darwin', 'linux', 'win32'].filter(
        (platform) => !own.some((pattern) => new RegExp(`^!.*[{,]${platform}[,}]`).test(pattern)),
      )
    expect(kept(linux.files)).toEqual(['linux'])
    expect(kept(win.files)).toEqual(['win32'])
    expect(kept(mac.files)).toEqual(['darwin'])
  })

  it('installs for the machine: msi and nsis on Windows, deb on Linux, dmg on macOS', () => {
    const { linux, win, mac, msi, nsis } = configuration()
    expect([linux.target, win.target, mac.target]).toEqual([['deb'], ['msi', 'nsis'], ['dmg']])
    expect([msi.perMachine, nsis.perMachine]).toEqual([true, true])
  })

  it('hardens macOS and lets only the card helper load a foreign library', () => {
    const { mac } = configuration()
    expect(mac.hardenedRuntime).toBe(true)
    const allows = (file: string) =>
      /disable-library-validation<\/key>\s*<true/.test(readFileSync(join(root, file), 'utf8'))
    expect(allows(mac.entitlements)).toBe(false)
    expect(allows('build/entitlements.mac.inherit.plist')).toBe(false)
    const { withCardHelper } = require('./sign-mac.cjs') as {
      withCardHelper: (options: () => object) => (file: string) => { entitlements?: string }
    }
    const optionsFor = withCardHelper(() => ({ entitlements: 'inherit' }))
    expect(optionsFor('/x/SousPli Helper (Renderer).app').entitlements).toBe('inherit')
    const card = optionsFor('/x/SousPli Helper (Plugin).app').entitlements ?? ''
    expect(allows(card.slice(root.length + 1))).toBe(true)
  })

  it('has an icon big enough for every system', () => {
    const { icon } = configuration()
    expect(existsSync(join(root, icon))).toBe(true)
    const png = readFileSync(join(root, icon))
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1024, 1024])
  })
})
