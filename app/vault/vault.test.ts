import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import {
  card,
  code,
  keyStore,
  otherCardKeys,
  passphrase,
  temporaryFolder,
  value,
  vaultIn,
} from './vault.fixture.ts'

test('a vault is made, closed and opened again by passphrase and by recovery code', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  expect(vault.exists()).toBe(false)
  expect(code(await vault.open(passphrase))).toBe('vault.missing')
  const { recoveryCode } = value(await vault.create(passphrase))
  expect(vault.isOpen()).toBe(true)
  value(await vault.run('meta.set', { name: 'holder', value: 'Dr Fictive' }))
  expect(code(await vault.create(passphrase))).toBe('vault.exists')
  await vault.close()
  expect(vault.isOpen()).toBe(false)
  expect(code(await vault.run('meta.get', { name: 'holder' }))).toBe('vault.locked')

  value(await vault.open(passphrase))
  expect(await vault.run('meta.get', { name: 'holder' })).toEqual({ ok: true, value: 'Dr Fictive' })
  await vault.close()

  value(await vault.open({ kind: 'recovery', code: recoveryCode.toLowerCase().replaceAll('-', ' ') }))
  await vault.close()
  expect(code(await vault.open({ kind: 'passphrase', passphrase: 'la salle d’attente est vide' }))).toBe(
    'vault.passphrase-wrong',
  )
  const first = recoveryCode.startsWith('7') ? '8' : '7'
  expect(code(await vault.open({ kind: 'recovery', code: first + recoveryCode.slice(1) }))).toBe(
    'vault.recovery-wrong',
  )
  expect(code(await vault.open(card('1')))).toBe('vault.no-slot')
  expect(vault.slots().map((slot) => slot.kind)).toEqual(['passphrase', 'recovery'])
})

test('a card opens its vault only with this workstation and its own key', async () => {
  const folder = temporaryFolder()
  const deviceSecret = keyStore()
  const vault = vaultIn(folder, { deviceSecret })
  value(await vault.create(card('2900995266')))
  await vault.close()
  value(await vault.open(card('2900995266')))
  await vault.close()
  expect(vault.slots()[0]).toMatchObject({ kind: 'card', cardSerial: '2900995266' })
  expect(code(await vault.open(card('3100603746')))).toBe('vault.no-slot')
  expect(code(await vault.open(card('2900995266', { keys: otherCardKeys() })))).toBe('vault.wrong-key')
  deviceSecret.state.lost = true
  expect(code(await vault.open(card('2900995266')))).toBe('vault.device-secret-lost')
})

test('a key that does not sign deterministically is refused, and nothing is left behind', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  expect(code(await vault.create(card('1', { pss: true })))).toBe('vault.card-not-deterministic')
  expect(code(await vault.create({ kind: 'passphrase', passphrase: 'court' }))).toBe('vault.passphrase-weak')
  expect(code(await vault.create({ kind: 'passphrase', passphrase: 'aaaaaaaaaaaaaaaa' }))).toBe(
    'vault.passphrase-weak',
  )
  expect(vault.exists()).toBe(false)
  expect(existsSync(path.join(folder, 'store.db'))).toBe(false)
})

test('slots are added, replaced and removed while open, never the last one', async () => {
  const vault = vaultIn(temporaryFolder())
  const { recoveryCode } = value(await vault.create(passphrase))
  const added = value(await vault.addSlot(card('77')))
  value(await vault.addSlot(card('77')))
  expect(vault.slots().map((slot) => slot.kind)).toEqual(['passphrase', 'recovery', 'card'])
  expect(code(await vault.removeSlot(added.id))).toBe('vault.not-found')
  const renewed = value(await vault.renewRecovery())
  expect(renewed.recoveryCode).not.toBe(recoveryCode)
  for (const slot of vault.slots().filter((one) => one.kind !== 'recovery')) {
    value(await vault.removeSlot(slot.id))
  }
  expect(code(await vault.removeSlot(vault.slots()[0]?.id ?? ''))).toBe('vault.no-slot')
  await vault.close()
  expect(code(await vault.addSlot(card('78')))).toBe('vault.locked')
  expect(code(await vault.open({ kind: 'recovery', code: recoveryCode }))).toBe('vault.recovery-wrong')
  value(await vault.open({ kind: 'recovery', code: renewed.recoveryCode }))
})

test('a changed vault.json never opens: each field is bound to the wrapped key', async () => {
  const folder = temporaryFolder()
  const file = path.join(folder, 'vault.json')
  const vault = vaultIn(folder)
  const { recoveryCode } = value(await vault.create(card('5')))
  await vault.close()
  const original = readFileSync(file, 'utf8')
  const change = async (from: string | RegExp, to: string): Promise<string> => {
    const changed = original.replace(from, to)
    expect(changed).not.toBe(original)
    writeFileSync(file, changed)
    return code(await vault.open(card('5')))
  }
  expect(await change('"label": "CPS3v3-5"', '"label": "CPS3v3-6"')).toBe('vault.wrong-key')
  expect(await change(/"createdAt": "2026/, '"createdAt": "2025')).toBe('vault.wrong-key')
  expect(await change(/"id": "(.)/, original.match(/"id": "0/) ? '"id": "1' : '"id": "0')).toBe(
    'vault.wrong-key',
  )
  expect(await change('"version": 1', '"version": 2')).toBe('vault.from-future')
  expect(await change('"slots"', '"cards"')).toBe('vault.corrupt')
  expect(await change('{', '')).toBe('vault.corrupt')
  writeFileSync(file, original)
  value(await vault.open({ kind: 'recovery', code: recoveryCode }))
})

test('a database damaged, missing or written by a newer version is named as such', async () => {
  const folder = temporaryFolder()
  const store = path.join(folder, 'store.db')
  const vault = vaultIn(folder)
  value(await vault.create(passphrase))
  await vault.close()
  const sound = readFileSync(store)
  const damaged = Buffer.from(sound)
  damaged[100] = (damaged[100] ?? 0) ^ 1
  writeFileSync(store, damaged)
  expect(code(await vault.open(passphrase))).toBe('vault.corrupt')
  writeFileSync(store, sound.subarray(0, 5000))
  expect(code(await vault.open(passphrase))).toBe('vault.corrupt')
  writeFileSync(store, '')
  expect(code(await vault.open(passphrase))).toBe('vault.corrupt')
  writeFileSync(store, sound)
  value(await vault.open(passphrase))
})

test('closing during an opening wins', async () => {
  const vault = vaultIn(temporaryFolder())
  value(await vault.create(passphrase))
  await vault.close()
  const opening = vault.open(passphrase)
  await vault.close()
  expect(code(await opening)).toBe('vault.locked')
  expect(vault.isOpen()).toBe(false)
})
