import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cardCommands, cardHelp } from './card-commands.ts'
import { makeContents, makeStage, run, slotAt, type Stage } from './cards.fixture.ts'

let stage: Stage

beforeAll(async () => {
  const card = makeContents()
  stage = await makeStage({
    cards: { A: card, B: { ...card, serial: '2900000909', label: 'CPS3v3-2900000909' } },
    readers: [{ card: 'A' }, { card: null }],
  })
})
afterAll(() => stage.end())

const say = async (line: string): Promise<string> => {
  const [verb, ...words] = line.split(' ')
  const command = cardCommands.find((one) => one.verb === verb)
  if (!command) throw new Error(`no command ${String(verb)}`)
  return (await command.run(stage.virtual, words)).join('\n')
}

describe('the card command', () => {
  test('shows and moves readers and cards', async () => {
    expect(await say('list')).toBe(
      [
        'reader 0  card A     « Gemalto PC Twin Reader 00 00 »',
        'reader 1  empty      « Gemalto PC Twin Reader 01 00 »',
        'card A    CPS3v3-2900000808, cps3: 3 PIN tries left, 3 PUK tries, 5 unblockings',
        'card B    CPS3v3-2900000909, cps3: 3 PIN tries left, 3 PUK tries, 5 unblockings',
      ].join('\n'),
    )
    const readers = async (line: string): Promise<string[]> =>
      (await say(line))
        .split('\n')
        .map((shown) => shown.slice(0, 20).trim())
        .slice(0, 2)
    expect(await readers('remove')).toEqual(['reader 0  empty', 'reader 1  empty'])
    expect(await readers('insert b 1')).toEqual(['reader 0  empty', 'reader 1  card B'])
    expect(await readers('insert')).toEqual(['reader 0  card A', 'reader 1  card B'])
    expect(await readers('swap B')).toEqual(['reader 0  card B', 'reader 1  empty'])
    expect(await readers('unplug 1')).toEqual(['reader 0  card B', 'reader 1  unplugged'])
    expect(await readers('plug 1')).toEqual(['reader 0  card B', 'reader 1  empty'])
    await say('insert A')
    expect(await say('plug 2')).toContain('reader 2  empty      « Gemalto PC Twin Reader 02 00 »')
  })

  test('changes a card, and a module sees it', async () => {
    const cps = stage.enter()
    await say('profile A cps4')
    await say('pinpad A cancel 10')
    expect(await say('tries A 1')).toContain('cps4: 1 PIN tries left')
    const info = cps.C_GetTokenInfo(slotAt(cps))
    expect(info.model.trim()).toBe('ChipDoc')
    expect(info.flags & 0x00070100).toBe(0x00030100)
    await say('pinpad A off')
    expect(await say('puk A 2')).toContain('2 PUK tries')
    expect(await say('unblocks A 0')).toContain('0 unblockings')
    await say('delay A sign 250')
    await say('lock none')
    await say('behaviour strict')
    expect(await say('faults')).toBe('no fault')
    expect(await say('fault C_GetTokenInfo rv:30')).toMatch(/^fault f-\w+ waits for its call$/)
    expect(await say('faults')).toContain('* C_GetTokenInfo before rv:30  waits')
    expect(() => cps.C_GetTokenInfo(slotAt(cps))).toThrow('CKR_DEVICE_ERROR')
    expect(await say('faults')).toContain('happened')
    expect(await say('faults clear')).toBe('no fault')
    expect(await say('journal 1')).toMatch(/reader 0 {2}C_GetTokenInfo {2}0x30 \d+ ms {2}fault f-/)
    stage.leave()
  })

  test.each([
    ['insert E', 'card: A, B; not « E »'],
    ['swap c', 'card: A, B; not « C »'],
    ['insert A 3', 'no reader 3 yet'],
    ['insert A 7', 'reader: 0, 1, 2, 3; not « 7 »'],
    ['profile A gold', 'profile: cps3, cps4'],
    ['pinpad A perhaps', 'end: ok, wrong'],
    ['tries A many', 'a whole number is expected'],
    ['delay A sleep 3', 'what: login, sign'],
    ['fault Sign remove', 'is no PKCS#11 function'],
    ['fault C_Sign', 'what happens?'],
    ['fault C_Sign explode', 'neither a moment, nor an action, nor a reader'],
    ['journal all', 'a whole number is expected'],
  ])('says what is wrong with « %s »', async (line, expected) => {
    await expect(say(line)).rejects.toThrow(expected)
  })

  test('tells all its commands', () => {
    const help = cardHelp().join('\n')
    for (const { verb, does } of cardCommands)
      expect([help.includes(`\n  ${verb}`), help.includes(does)]).toEqual([true, true])
  })

  test('is a program that takes the folder by its path or a part of its name', async () => {
    const script = join(import.meta.dirname, 'card-command.ts')
    const { folder } = stage.virtual
    const part = folder.slice(-6)
    const program = (...words: string[]) => run(process.execPath, [script, ...words])
    const [byPath, byPart, unknown, wrong] = await Promise.all([
      program('list', folder),
      program('list', '--in', part),
      program('list', '--in', 'no-such-folder').catch((cause: unknown) => cause),
      program('juggle', folder).catch((cause: unknown) => cause),
    ])
    expect(byPath.stdout).toContain('card A ')
    expect(byPart.stdout).toBe(byPath.stdout)
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('npm run demo') as string })
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('« juggle » is no command') as string,
    })
  })
})
