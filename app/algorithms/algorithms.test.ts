import crypto from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asBoringSsl, tlsSuites } from './boringssl.fixture.ts'
import { algorithms, selfTest, tlsProfile } from './index.ts'

const lacking = (what: Partial<typeof crypto>): typeof crypto => ({ ...crypto, ...what })
const refuse = (): never => {
  throw new Error('Invalid digest')
}

describe('the self-test', () => {
  it('passes on this Node and on what Electron’s has, in less than 30 ms once loaded', async () => {
    expect(await selfTest(crypto)).toEqual([])
    const boring = asBoringSsl(crypto)
    expect(await selfTest(boring.crypto)).toEqual([])
    expect(boring.refused()).toEqual([])
    // Of this process, not of the clock: a machine that tests has other work too.
    const times: number[] = []
    for (let run = 0; run < 5; run++) {
      const before = process.cpuUsage()
      await selfTest(crypto)
      const { user, system } = process.cpuUsage(before)
      times.push((user + system) / 1000)
    }
    expect(Math.min(...times)).toBeLessThan(30)
  })

  it('names what is missing', async () => {
    const createCipheriv: typeof crypto.createCipheriv = (name: string, ...rest: unknown[]) =>
      name === 'des-ede3-cbc'
        ? refuse()
        : (crypto.createCipheriv as (...args: unknown[]) => never)(name, ...rest)
    expect(await selfTest(lacking({ createCipheriv }))).toEqual(['des-ede3-cbc'])
    expect(await selfTest(lacking({ hkdfSync: refuse }))).toEqual(['HKDF-SHA-256'])
    expect(await selfTest(lacking({ createHmac: refuse }))).toEqual(['HMAC-SHA-256'])
    expect(await selfTest(lacking({ diffieHellman: refuse }))).toHaveLength(4)
    expect(await selfTest(lacking({ createVerify: refuse }))).toEqual(['RSASSA-PKCS1-v1_5'])
    expect(await selfTest(lacking({ verify: refuse }))).toEqual([
      'RSASSA-PKCS1-v1_5',
      'RSASSA-PSS',
      'prime256v1',
      'secp384r1',
      'secp521r1',
    ])
  })

  it('notices a wrong answer', async () => {
    const createHash: typeof crypto.createHash = (name, options) =>
      crypto.createHash(name === 'sha384' ? 'sha3-384' : name, options)
    expect(await selfTest(lacking({ createHash }))).toEqual(['sha384'])
    expect(await selfTest(lacking({ verify: () => false }))).toContain('RSASSA-PSS')
  })
})

describe('the list', () => {
  const appFolder = join(import.meta.dirname, '..')
  const sources = globSync('**/*.ts', { cwd: appFolder })
    .filter((file) => !/\.(test|fixture)\.ts$/.test(file) && !file.startsWith('algorithms/'))
    .map((file) => ({ file, text: readFileSync(join(appFolder, file), 'utf8') }))
  const names = new Set(algorithms.map(({ name }) => name))

  it('holds every cipher, digest and curve that a source of app/ names', () => {
    const named = /'((?:aes|des|rc2|chacha20|sha|md|blake|ripemd|prime|secp)[-\d][\w-]*|secp\w+|prime\w+)'/g
    const seen = new Set<string>()
    for (const { file, text } of sources)
      for (const [, name = ''] of text.matchAll(named)) {
        expect(names, `${name} in app/${file}`).toContain(name)
        seen.add(name)
      }
    expect(seen.size).toBeGreaterThan(8)
  })

  it('tests every function of node:crypto that a source of app/ imports', () => {
    // Randomness and certificates are no algorithms of ours.
    const known = new Set([
      'randomBytes',
      'X509Certificate',
      'constants',
      'timingSafeEqual',
      'createCipheriv',
      'createDecipheriv',
    ])
    for (const name of [
      'createHash',
      'createHmac',
      'createPrivateKey',
      'createPublicKey',
      'createVerify',
      'diffieHellman',
      // Of the curves that are in the list, which does not make keys: its answers are known.
      'generateKeyPairSync',
      'hkdfSync',
      'pbkdf2Sync',
      'privateDecrypt',
      'publicEncrypt',
      'sign',
      'verify',
    ])
      known.add(name)
    const imports = /import (?!type)\{([^}]*)\} from '(?:node:)?crypto'/g
    for (const { file, text } of sources)
      for (const [, list = ''] of text.matchAll(imports))
        for (const name of list.split(',').map((one) => one.trim()))
          if (name !== '' && !name.startsWith('type '))
            expect(known, `${name} in app/${file}`).toContain(name)
  })
})

describe('TLS', () => {
  it('names only suites that Electron has, with forward secrecy and authenticated encryption', () => {
    const suites = tlsProfile.ciphers.split(':')
    const older = suites.filter((suite) => !suite.startsWith('TLS_'))
    expect(new Set(older)).toEqual(tlsSuites)
    expect(suites.length - older.length).toBe(3)
  })
})
