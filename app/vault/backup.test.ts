import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nodeFs, type VaultFs } from './durable-file.ts'
import type { Vault } from './vault.ts'
import { card, code, keyStore, passphrase, temporaryFolder, value, vaultIn } from './vault.fixture.ts'

const some = async function* (bytes: Uint8Array) {
  yield await Promise.resolve(bytes)
}
const wish = (target: string, more: { passphrase?: string; signal?: AbortSignal } = {}) => ({
  target,
  passphrase: more.passphrase ?? null,
  signal: more.signal ?? new AbortController().signal,
  onProgress: () => undefined,
})
const again = (file: string, code: string, secret = null as null | typeof passphrase) => ({
  file,
  unlock: { kind: 'recovery' as const, code },
  secret,
  signal: new AbortController().signal,
  onProgress: () => undefined,
})
const part = randomBytes(200_000)
const words = 'la sauvegarde est dans le coffre'

/** A store with a value, words in the index and a part that a draft refers to. */
const filled = async (folder: string, overrides: Parameters<typeof vaultIn>[1] = {}) => {
  const vault = vaultIn(folder, overrides)
  const { recoveryCode } = value(await vault.create(passphrase))
  value(await vault.run('meta.set', { name: 'holder', value: 'Dr Fictive' }))
  const written = value(await vault.parts.write(some(part)))
  return { vault, recoveryCode, partId: written.id }
}
const holder = async (vault: Vault) => value(await vault.run('meta.get', { name: 'holder' }))

test('a backup brings the store back on another workstation, parts and all', async () => {
  const { vault, recoveryCode, partId } = await filled(temporaryFolder())
  const file = path.join(temporaryFolder(), 'sauvegarde.souspli')
  const made = value(await vault.care.backup(wish(file)))
  expect(made).toMatchObject({ parts: 1, missing: 0 })
  expect(readFileSync(file).length).toBe(made.size)
  const other = vaultIn(temporaryFolder(), { deviceSecret: keyStore() })
  expect(value(await other.care.inspect(file))).toMatchObject({
    sameStore: false,
    ways: ['passphrase', 'recovery'],
  })
  value(await other.care.restore({ ...again(file, recoveryCode), secret: card('2900995266') }))
  expect(await holder(other)).toBe('Dr Fictive')
  expect(Buffer.from(value(await other.parts.readAll(partId, 1e6))).equals(part)).toBe(true)
  expect(other.slots().map((slot) => slot.kind)).toEqual(['passphrase', 'recovery', 'card'])
  for (const secret of [card('2900995266'), passphrase, { kind: 'recovery', code: recoveryCode } as const]) {
    await other.close()
    value(await other.open(secret))
  }
  expect(await holder(other)).toBe('Dr Fictive')
})

test('the backup is the store of the moment it began, whatever is written and removed meanwhile', async () => {
  const { vault, recoveryCode, partId } = await filled(temporaryFolder())
  const file = path.join(temporaryFolder(), 'b')
  const busy: Promise<unknown>[] = []
  const made = await vault.care.backup({
    ...wish(file),
    onProgress: () => {
      if (busy.length > 0) return
      busy.push(
        vault.run('meta.set', { name: 'holder', value: 'Dr Suivante' }),
        vault.parts.remove([partId]),
        vault.parts.write(some(part)),
      )
    },
  })
  expect(value(made)).toMatchObject({ parts: 1, missing: 0 })
  await Promise.all(busy)
  expect(code(await vault.parts.read(partId))).toBe('vault.not-found')
  expect(await holder(vault)).toBe('Dr Suivante')
  value(await vault.care.restore(again(file, recoveryCode)))
  expect(await holder(vault)).toBe('Dr Fictive')
  expect(value(await vault.parts.readAll(partId, 1e6)).length).toBe(part.length)
})

test('restored over itself, the store keeps its ways to open and the former one is set aside until removed', async () => {
  const folder = temporaryFolder()
  const { vault, recoveryCode } = await filled(folder)
  const file = path.join(temporaryFolder(), 'b')
  value(await vault.care.backup(wish(file)))
  value(await vault.addSlot(card('2900995266')))
  value(await vault.run('meta.set', { name: 'holder', value: 'après' }))
  value(await vault.care.restore(again(file, recoveryCode)))
  expect(await holder(vault)).toBe('Dr Fictive')
  expect(vault.slots().map((slot) => slot.kind)).toEqual(['passphrase', 'recovery', 'card'])
  const [aside] = vault.care.asides()
  expect(aside?.size).toBeGreaterThan(200_000)
  await vault.close()
  value(await vault.open(card('2900995266')))
  value(await vault.care.sweep())
  expect(existsSync(path.join(folder, 'store.db'))).toBe(true)
  value(await vault.care.removeAside(aside?.id ?? ''))
  expect(vault.care.asides()).toEqual([])
  const left = readdirSync(folder).sort()
  expect(left.filter((name) => /^store-.{8}\.db$/.test(name)).length).toBe(1)
  expect(left).not.toContain('store.db')
  expect(left).not.toContain('parts')
  expect(await holder(vault)).toBe('Dr Fictive')
})

test('wrong ways to open it, a stranger’s file and a newer backup each have their code; nothing changes', async () => {
  const folder = temporaryFolder()
  const { vault, recoveryCode } = await filled(folder)
  const file = path.join(temporaryFolder(), 'b')
  expect(code(await vault.care.backup(wish(file, { passphrase: 'court' })))).toBe('vault.passphrase-weak')
  value(await vault.care.backup(wish(file, { passphrase: words })))
  const before = readdirSync(folder).sort()
  const by = (unlock: { kind: 'passphrase'; passphrase: string } | { kind: 'recovery'; code: string }) =>
    vault.care.restore({ ...again(file, ''), unlock })
  expect(code(await by({ kind: 'passphrase', passphrase: 'une autre phrase de passe' }))).toBe(
    'vault.passphrase-wrong',
  )
  expect(code(await by({ kind: 'recovery', code: recoveryCode.slice(0, -1) }))).toBe('vault.recovery-wrong')
  expect(code(await vault.care.restore(again(path.join(folder, 'none'), recoveryCode)))).toBe(
    'vault.not-found',
  )
  const sound = readFileSync(file)
  writeFileSync(file, 'ceci est une lettre')
  expect(code(await vault.care.restore(again(file, recoveryCode)))).toBe('vault.backup-unknown')
  const text = sound.toString('latin1').replace('"version":1', '"version":2')
  writeFileSync(file, Buffer.from(text, 'latin1'))
  expect(code(await vault.care.restore(again(file, recoveryCode)))).toBe('vault.from-future')
  expect(readdirSync(folder).sort()).toEqual(before)
  expect(await holder(vault)).toBe('Dr Fictive')
  writeFileSync(file, sound)
  value(await by({ kind: 'passphrase', passphrase: words }))
})

test('any byte cut off or changed is found, with a code, and the store stays as it was', async () => {
  const folder = temporaryFolder()
  const { vault, recoveryCode } = await filled(folder)
  const file = path.join(temporaryFolder(), 'b')
  value(await vault.care.backup(wish(file)))
  const sound = readFileSync(file)
  const before = readdirSync(folder).sort()
  const verdict = async (bytes: Uint8Array): Promise<string> => {
    writeFileSync(file, bytes)
    return code(await vault.care.restore(again(file, recoveryCode)))
  }
  const allowed = [
    'vault.backup-damaged',
    'vault.backup-unknown',
    'vault.from-future',
    'vault.recovery-wrong',
    'vault.no-slot',
  ]
  await fc.assert(
    fc.asyncProperty(fc.nat(sound.length - 1), async (length) => {
      expect(allowed).toContain(await verdict(sound.subarray(0, length)))
    }),
    { numRuns: 40, examples: [[0], [3], [7], [8], [sound.length - 1]] },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.nat(sound.length - 1), fc.nat(2000)),
      fc.integer({ min: 1, max: 255 }),
      async (at, mask) => {
        const changed = Buffer.from(sound)
        changed[at] = (changed[at] ?? 0) ^ mask
        expect(allowed).toContain(await verdict(changed))
      },
    ),
    { numRuns: 60 },
  )
  expect(await verdict(Buffer.concat([sound, Buffer.from([0])]))).toBe('vault.backup-damaged')
  expect(readdirSync(folder).sort()).toEqual(before)
  expect(await verdict(sound)).toBe('ok')
})

test('a full disk, a cancelled backup and a lock keep the former backup and leave no rubbish', async () => {
  let full = false
  const noSpace = Object.assign(new Error('full'), { code: 'ENOSPC' })
  const fs: VaultFs = {
    ...nodeFs,
    rename: async (from, to) => {
      if (full && String(to).endsWith('.souspli')) throw noSpace
      await nodeFs.rename(from, to)
    },
  }
  const { vault } = await filled(temporaryFolder(), { fs })
  const target = temporaryFolder()
  const file = path.join(target, 'b.souspli')
  value(await vault.care.backup(wish(file)))
  const former = readFileSync(file)
  const unchanged = () => {
    expect(readdirSync(target)).toEqual(['b.souspli'])
    expect(readFileSync(file).equals(former)).toBe(true)
  }
  full = true
  expect(code(await vault.care.backup(wish(file)))).toBe('vault.disk-full')
  unchanged()
  full = false
  const cancel = new AbortController()
  const midway = { ...wish(file, { signal: cancel.signal }), onProgress: () => cancel.abort() }
  expect(code(await vault.care.backup(midway))).toBe('vault.cancelled')
  unchanged()
  const pair = await Promise.all([vault.care.backup(wish(file)), vault.care.backup(wish(file))])
  expect(pair.map(code)).toEqual(['ok', 'vault.busy'])
  const closing = { ...wish(path.join(target, 'c')), onProgress: () => void vault.close() }
  expect(code(await vault.care.backup(closing))).toBe('vault.locked')
  expect(readdirSync(target)).toEqual(['b.souspli'])
  value(await vault.open(passphrase))
  value(await vault.care.backup(wish(file)))
})
