import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { patientNamed } from '../../test/operator/seed/patients.ts'
import { openPracticeIn } from './practice.fixture.ts'
import { code, filed, openPractice, reportMail, temporaryFolder, value } from './integration.fixture.ts'

describe('a document filed into a watched folder', () => {
  it('appears whole, beside what describes it, and is never overwritten', async () => {
    const practice = await openPractice()
    for (const [format, extensions] of [
      ['xdm', ['zip']],
      ['pdf-json', ['json', 'pdf']],
      ['pdf-xml', ['pdf', 'xml']],
    ] as const) {
      const folder = temporaryFolder()
      practice.state.chosenFolder = folder
      const target = value(
        await practice.integration.targets.save({
          id: null,
          name: format,
          place: { kind: 'folder', path: '/etc', format },
          folder: 'x'.repeat(20),
          preferred: false,
        }),
      )
      // The window’s path is not taken.
      expect(target.place).toMatchObject({ path: folder })
      const id = await practice.receive((await reportMail(format)).first)
      value(await filed(practice, id, target.id))
      await practice.filingIn(id, 'filed')
      const files = readdirSync(folder).sort()
      expect(files.map((name) => name.split('.').at(-1))).toEqual([...extensions])
      for (const name of files) expect(name).toMatch(/^[A-Za-z0-9_-]+\.\w+$/)
      const told = files.find((name) => /\.(?:json|xml)$/.test(name))
      if (told !== undefined) {
        const text = readFileSync(path.join(folder, told), 'utf8')
        expect(text).toContain('DUPONT')
        expect(text).toContain(patientNamed('DUPONT').ins)
      }
      const [one] = (await practice.filings()).filter((each) => each.messageId === id)
      value(await practice.integration.withdraw(one?.id ?? 0))
      expect(readdirSync(folder)).toEqual([])
      // Once the record has taken it, it is not ours to take back.
      value(await filed(practice, id, target.id))
      const again = await practice.filingIn(id, 'filed')
      for (const name of readdirSync(folder)) unlinkSync(path.join(folder, name))
      expect(code(await practice.integration.withdraw(again.id))).toBe('integration.cannot-withdraw')
    }
  })

  it('waits while the folder is away, and stands back from another file of its name', async () => {
    const practice = await openPractice()
    const folder = temporaryFolder()
    practice.state.chosenFolder = folder
    const target = value(
      await practice.integration.targets.save({
        id: null,
        name: 'Dossier',
        place: { kind: 'folder', path: '', format: 'xdm' },
        folder: 'x'.repeat(20),
        preferred: true,
      }),
    )
    expect(value(await practice.integration.targets.test(target.id)).steps).toEqual([
      { step: 'folder', error: null },
    ])
    const id = await practice.receive((await reportMail('clash')).first)
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    value(await practice.integration.withdraw(there.id))
    writeFileSync(path.join(folder, there.reference ?? ''), 'autre chose')
    value(await filed(practice, id, target.id))
    const refused = await practice.filingIn(id, 'refused')
    expect(refused.error?.code).toBe('integration.already-filed')
    expect(readFileSync(path.join(folder, there.reference ?? ''), 'utf8')).toBe('autre chose')
    expect(existsSync(folder)).toBe(true)
  })

  it('that a crash interrupted is there when it is whole, else the user looks: it may have been taken', async () => {
    const folder = temporaryFolder()
    const inbox = temporaryFolder()
    const practice = await openPracticeIn({ folder })
    practice.state.chosenFolder = inbox
    const place = { kind: 'folder' as const, path: '', format: 'xdm' as const }
    const save = async (name: string) =>
      value(
        await practice.integration.targets.save({
          ...{ id: null, name, place, folder: 'x'.repeat(20), preferred: false },
        }),
      )
    const [other, target] = [await save('Autre'), await save('Dossier')]
    const mails = [(await reportMail('cut-1')).first, (await reportMail('cut-2', 'LEROY')).first]
    const there = await practice.receive(mails[0] ?? new Uint8Array())
    const taken = await practice.receive(mails[1] ?? new Uint8Array())
    value(await filed(practice, there, other.id))
    await practice.filingIn(there, 'filed')
    // As a crash leaves them: on their way, the first in the folder, of the second nobody knows.
    await practice.integration.stop()
    for (const id of [there, taken]) {
      const [one] = value(await filed(practice, id, target.id))
      value(
        await practice.vault.run('filings.begin', {
          ...{ id: one?.id ?? 0, reference: 'x', payloadFile: null, action: 'new' },
          ...{ restrictions: null, replacesKey: null },
        }),
      )
    }
    await practice.vault.close()
    const again = await openPractice({ folder })
    await again.integration.stop()
    for (const [index, id] of [there, taken].entries())
      again.sources.set(id, mails[index] ?? new Uint8Array())
    await again.integration.start()
    const asked = await again.until('left to the user', async () =>
      (await again.filings()).find((one) => one.state === 'unknown' && one.nextTryAt === null),
    )
    expect(asked.messageId).toBe(taken)
    await again.until('there', async () =>
      (await again.filings()).every(({ messageId, state }) => messageId !== there || state === 'filed'),
    )
    expect(readdirSync(inbox)).toHaveLength(1)
    value(await again.integration.settle(asked.id, false))
    await again.filingIn(taken, 'filed')
    expect(readdirSync(inbox)).toHaveLength(2)
  })
})

describe('a message transferred for integration (IG-TRANSFER)', () => {
  it('leaves whole and once, and waits for the gateway', async () => {
    const practice = await openPractice()
    const target = await practice.target({ kind: 'mailbox', address: 'DPI@hopital.mssante.test' })
    const id = await practice.receive((await reportMail('transfer')).first)
    value(await practice.integration.transfer(id, target.id))
    const there = await practice.filingIn(id, 'transferred')
    expect(practice.transfers).toMatchObject([
      { to: 'dpi@hopital.mssante.test', messageIdHeader: there.reference },
    ])
    expect(code(await practice.integration.transfer(id, target.id))).toBe('integration.already-filed')
    expect((await practice.row(id)).filing?.state).toBe('waiting')
  })
})
