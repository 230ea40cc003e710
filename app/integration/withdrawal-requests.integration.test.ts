import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  code,
  filed,
  letterWith,
  mllpPlace,
  openPractice,
  recordFor,
  reports,
  temporaryFolder,
  value,
} from './integration.fixture.ts'

describe('a request to take a document out', () => {
  it('is proposed to the user when its author asks, taken out in one click, and shows on both messages', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first } = await reports('removal')
    const id = await practice.receive(await letterWith([first], 'removal-1'))
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    const order = await practice.receive(await letterWith([first], 'removal-2', { variant: 'removal' }))
    const [offer] = value(await practice.integration.offers(order)).documents
    expect(offer).toMatchObject({ targets: [], filings: [], removal: { obstacle: null } })
    expect(offer?.removal?.filings.map((one) => one.id)).toEqual([there.id])
    // It is never put in: its author wants it out.
    const wish = {
      messageId: order,
      documentIds: [offer?.documentId ?? ''],
      targetId: target.id,
      despite: [],
    }
    expect(code(await practice.integration.file(wish))).toBe('integration.document-unsuitable')
    expect(record.received).toHaveLength(1)
    value(await practice.integration.withdraw(there.id, order))
    await practice.filingIn(id, 'withdrawn')
    expect(record.received.at(-1)).toMatchObject({ trigger: 'T04', problems: [] })
    expect(record.documents.size).toBe(0)
    expect((await practice.row(id)).filing?.state).toBe('withdrawn')
    expect((await practice.row(order)).filing?.state).toBe('withdrawn')
    const [after] = value(await practice.integration.offers(order)).documents
    expect(after?.removal).toMatchObject({ obstacle: 'not-filed' })
    expect(after?.removal?.filings.map(({ action, state }) => [action, state])).toEqual([
      ['delete', 'filed'],
      ['new', 'withdrawn'],
    ])
  })

  it('is seen without the document too, and told as not proven', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first } = await reports('removal-alone')
    const id = await practice.receive(await letterWith([first], 'alone-1'))
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    const raw = await letterWith([first], 'alone-2', { variant: 'removal-alone' })
    const order = await practice.receive(raw)
    const [offer] = value(await practice.integration.offers(order)).documents
    expect(offer).toMatchObject({ targets: [], removal: { obstacle: 'unverified' } })
    expect(offer?.removal?.filings.map((one) => one.id)).toEqual([there.id])
    expect(code(await practice.integration.withdraw(there.id, order))).toBe('integration.cannot-withdraw')
    expect(record.received).toHaveLength(1)
    // The one it is about is still taken out by hand.
    value(await practice.integration.withdraw(there.id))
    await practice.filingIn(id, 'withdrawn')
  })

  it('by anybody else is shown, and nothing is taken out', async () => {
    const record = await recordFor()
    const practice = await openPractice()
    const target = await practice.target(mllpPlace(record.port))
    const { first } = await reports('removal-forged')
    const id = await practice.receive(await letterWith([first], 'forged-1'))
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    const stranger = { name: 'Imagerie', address: 'cr@imagerie.mssante.test' }
    const forged = await practice.receive(
      await letterWith([first], 'forged-2', { variant: 'removal', from: stranger }),
    )
    const [offer] = value(await practice.integration.offers(forged)).documents
    expect(offer?.removal?.obstacle).toBe('unverified')
    expect(code(await practice.integration.withdraw(there.id, forged))).toBe('integration.cannot-withdraw')
    const unfiled = await practice.receive(
      await letterWith([(await reports('removal-unfiled')).first], 'unfiled', { variant: 'removal' }),
    )
    const [nothing] = value(await practice.integration.offers(unfiled)).documents
    expect(nothing?.removal).toMatchObject({ obstacle: 'not-filed', filings: [] })
    expect(record.received).toHaveLength(1)
  })

  it('takes the files of a watched folder back, while they are there', async () => {
    const practice = await openPractice()
    const folder = temporaryFolder()
    practice.state.chosenFolder = folder
    const place = { kind: 'folder' as const, path: '', format: 'xdm' as const }
    const target = value(
      await practice.integration.targets.save({
        ...{ id: null, name: 'Dossier', place, folder: 'x'.repeat(20), preferred: true },
      }),
    )
    const { first } = await reports('removal-folder')
    const id = await practice.receive(await letterWith([first], 'removal-folder-1'))
    value(await filed(practice, id, target.id))
    const there = await practice.filingIn(id, 'filed')
    expect(readdirSync(folder)).toHaveLength(1)
    const order = await practice.receive(
      await letterWith([first], 'removal-folder-2', { variant: 'removal' }),
    )
    value(await practice.integration.withdraw(there.id, order))
    await practice.filingIn(id, 'withdrawn')
    expect(readdirSync(folder)).toEqual([])
  })
})
