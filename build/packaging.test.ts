import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FuseV1Options } from '@electron/fuses'
import { describe, expect, it } from 'vitest'
import { buildAll } from '../scripts/build.ts'

const root = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)

interface Configuration {
  files: string[]
  asarUnpack: string[]
  afterPack: string
  icon: string
  linux: { target: string[] }
  win: { target: string[] }
  mac: { target: string[]; hardenedRuntime: boolean; entitlements: string; sign: string }
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
    const { asarUnpack, files } = configuration()
    expect(asarUnpack).toContain('**/*.node')
    // Everything is left out, then what is needed comes back (a platform's own `files` would start again from « all »).
    const [, ...modules] = files.slice(files.indexOf('!node_modules/**'))
    expect(modules).toContain('node_modules/@signalapp/sqlcipher/prebuilds/${platform}-${arch}/**')
    expect(modules.filter((pattern) => pattern.includes('prebuilds'))).toHaveLength(1)
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

  it('packs the bundles and native packages only, and flips the fuses of a binary that stands for Electron’s', async () => {
    await buildAll(false, ['main', 'preload'])
    const folder = mkdtempSync(join(tmpdir(), 'souspli-pack-'))
    const electron = join(folder, 'electron')
    mkdirSync(join(electron, 'resources'), { recursive: true })
    mkdirSync(join(electron, 'locales'))
    const names = [
      'LICENSE',
      'LICENSES.chromium.html',
      'chrome-sandbox',
      'chrome_crashpad_handler',
      'icudtl.dat',
    ]
    for (const name of [...names, 'resources.pak', 'v8_context_snapshot.bin'])
      writeFileSync(join(electron, name), '')
    writeFileSync(join(electron, 'version'), '45.4.1')
    // The fuse wire: @electron/fuses looks for this sentinel, a version byte, a length byte, then a byte for each fuse.
    const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
    const fuseCount = Object.values(FuseV1Options).filter((one) => typeof one === 'number').length
    const wire = (states: string) =>
      Buffer.concat([Buffer.from(sentinel), Buffer.from([1, fuseCount]), Buffer.from(states)])
    writeFileSync(join(electron, 'electron'), wire('1'.repeat(fuseCount)), { mode: 0o755 })
    const out = join(folder, 'out')
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/electron-builder/cli.js'),
        '--linux',
        'dir',
        '--x64',
        `-c.electronDist=${electron}`,
        '-c.electronVersion=45.4.1',
        `-c.directories.output=${out}`,
      ],
      { cwd: root, stdio: 'pipe' },
    )
    const unpacked = join(out, 'linux-unpacked')
    expect(readFileSync(join(unpacked, 'souspli'))).toEqual(wire('010011001'))
    const builder = createRequire(
      createRequire(require.resolve('electron-builder')).resolve('app-builder-lib'),
    )
    const asar = builder('@electron/asar') as { listPackage: (path: string) => string[] }
    const packed = asar.listPackage(join(unpacked, 'resources/app.asar'))
    expect(packed).toContain('/dist/main/main.mjs')
    expect(new Set(packed.map((path) => path.split('/')[1]))).toEqual(
      new Set(['dist', 'node_modules', 'package.json']),
    )
    expect(packed.filter((path) => path.endsWith('.map') || path.includes('.stamps'))).toEqual([])
    expect(packed.filter((path) => /prebuilds\/[^/]+$/.test(path))).toEqual([
      '/node_modules/@signalapp/sqlcipher/prebuilds/linux-x64',
    ])
    const native = '@signalapp/sqlcipher/prebuilds/linux-x64/@signalapp+sqlcipher.node'
    expect(existsSync(join(unpacked, 'resources/app.asar.unpacked/node_modules', native))).toBe(true)
    rmSync(folder, { recursive: true, force: true })
  })
})
