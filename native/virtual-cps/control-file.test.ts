import { randomBytes } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { makeContents, makeStage, readOnly, result, run, slotAt, type Stage } from './cards.fixture.ts'
import { changeControl, readControl, writeControl, type Control } from './control-file.ts'

let stage: Stage
let cps: PKCS11
let slot: Handle
let usual: Control

beforeAll(async () => {
  stage = await makeStage({ card: makeContents() })
  usual = await readControl(stage.virtual.folder)
})
beforeEach(async () => {
  await writeControl(stage.virtual.folder, usual)
  cps = stage.enter()
  slot = slotAt(cps)
})
afterEach(() => {
  stage.leave()
})
afterAll(() => stage.end())

const write = async (bytes: Uint8Array | string): Promise<void> => {
  const path = join(stage.virtual.folder, 'control')
  await writeFile(`${path}.aside`, bytes)
  await rename(`${path}.aside`, path)
}
const isThere = (): boolean => result(() => cps.C_GetTokenInfo(slot)) === 'CKR_OK'

describe('a control file', () => {
  test.each([
    ['without its last line', 'reader0.connected 0\n'],
    ['with something after its last line', 'reader0.connected 0\nend 4\nreader0.card A\n'],
    ['that is empty', ''],
    ['that is too large', `reader0.connected 0\n${'x y\n'.repeat(80_000)}end 4\n`],
  ])('%s is as if it had not been written', async (_how, text) => {
    await write(text)
    expect(isThere()).toBe(true)
  })

  test('that is gone, or no file, leaves all as it was', async () => {
    const path = join(stage.virtual.folder, 'control')
    await rm(path)
    expect(isThere()).toBe(true)
    await run('mkfifo', [path])
    expect(isThere()).toBe(true)
    await rm(path)
  })

  test('is taken without the lines that mean nothing', async () => {
    const nonsense = [
      'reader9.connected 1',
      'reader0.colour blue',
      'reader1.card A',
      'cardZ.label x',
      'fault',
      'fault f1 0 C_GetTokenInfo before',
      'fault f2 7 C_GetTokenInfo before remove',
      'fault f3 * C_GetTokenInfo before explode',
      'fault f4 * C_GetTokenInfo before swap:none',
      'fault f/5 * C_GetTokenInfo before remove',
      `fault ${'f'.repeat(40)} * C_GetTokenInfo before remove`,
      'set s1 cardA.tries_left',
      'set s2 cardQ.tries_left 0',
      'set s3 cardA.colour_left 0',
      `reader0.name ${'x'.repeat(400)}reader0.connected 0`,
      'cardA.sign_ms -5',
      'cardA.login_ms 99999999999999999999',
    ]
    const lines = [...usual].filter(([key]) => key !== 'end').map(([key, value]) => `${key} ${value}`)
    await write([...lines, ...nonsense, 'end 5', ''].join('\n'))
    expect(isThere()).toBe(true)
    expect(cps.C_GetSlotList(false)).toHaveLength(1)
    expect(await stage.virtual.triesLeft()).toBe(3)
    // The name of the line that was too long was not taken either, nor the end of that line for a line.
    expect(cps.C_GetSlotInfo(slot).slotDescription.trim()).toBe('Gemalto PC Twin Reader 00 00')
  })

  test('of garbage never crashes the module', async () => {
    const word = fc.constantFrom(
      ...[
        'reader0.card',
        'cardA.pin',
        'cardA.profile',
        'fault',
        'set',
        'end',
        'A',
        'none',
        'mid:',
        'before',
        'C_GetInfo',
      ],
      ...[
        'swap:',
        'rv:',
        'hang:0',
        '*',
        '0',
        'f1',
        '-1',
        'cardA.tries_left',
        'lock',
        'x'.repeat(300),
        '\u0000',
        'é',
      ],
    )
    const line = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '))
    const text = fc.array(line, { maxLength: 30 }).map((lines) => Buffer.from(`${lines.join('\n')}\nend 1\n`))
    const noise = fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes))
    await fc.assert(
      fc.asyncProperty(fc.oneof(text, noise), async (bytes) => {
        await write(bytes)
        expect(cps.C_GetSlotList(false).length).toBeLessThanOrEqual(4)
        result(() => cps.C_GetTokenInfo(slot))
        result(() => cps.C_OpenSession(slot, readOnly))
      }),
      { numRuns: 150 },
    )
    await write(randomBytes(100_000))
    expect(cps.C_GetInfo().manufacturerID.trim()).toBe('ANS')
  })

  test('is not spoilt by several that change it at once', async () => {
    const { folder } = stage.virtual
    const changes = Array.from({ length: 25 }, (_, number) =>
      changeControl(folder, (control) => control.set(`note${String(number)}`, 'x')),
    )
    await Promise.all(changes)
    expect([...(await readControl(folder)).keys()].filter((key) => key.startsWith('note'))).toHaveLength(25)
  })
})

test('a state file of garbage is as none: full tries, and no PIN that is right', async () => {
  const path = join(stage.virtual.folder, 'state')
  const former = await readFile(path)
  for (const bytes of ['cardA.tries_left x\ncardA.pin zz\nreader0.moved 1\nfired\n', randomBytes(5000)]) {
    await writeFile(path, bytes)
    expect(isThere()).toBe(true)
    const session = cps.C_OpenSession(slot, readOnly)
    expect(result(() => cps.C_Login(session, pkcs11.CKU_USER, '1234'))).toBe('CKR_PIN_INCORRECT')
  }
  await writeFile(path, former)
})

test('every function of the list is the module’s own, none a copy of the backend’s', async () => {
  const here = import.meta.dirname
  await run('make', ['-s', '-C', here, 'build/function-list'])
  const { stdout } = await run(join(here, 'build', 'function-list'), [
    join(here, 'build', 'virtual-cps.so'),
    '/usr/lib/softhsm/libsofthsm2.so',
  ])
  expect(stdout).toBe('68 functions, 0 wrong\n')
})
