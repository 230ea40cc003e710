import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ok } from '../contract/index.ts'
import { extractionOf, inLyon, physician, zipped } from './base/base.fixture.ts'
import type { FhirClient } from './fhir/client.ts'

import { anneId, directoryOn, found, people } from './directory.fixture.ts'

describe('the base on this workstation', () => {
  it('says what it has before the first import: nothing, without an error', async () => {
    const { directory } = await directoryOn({})
    expect(directory.state()).toMatchObject({
      generation: null,
      work: null,
      error: null,
      download: true,
      fhir: false,
    })
    expect(await found(directory, 'martin')).toEqual([])
    expect(await directory.addressesOf(anneId)).toBeNull()
  })

  it('downloads, imports in the background with progress, and is there after the next opening', async () => {
    const first = await directoryOn({})
    expect(await first.directory.update()).toEqual(ok(null))
    // Asked again of what is under way, there is nothing more to do; another work has to wait.
    expect(await first.directory.update()).toEqual(ok(null))
    expect(await first.directory.importFile('/nowhere/extraction.zip')).toMatchObject({
      error: { code: 'vault.busy' },
    })
    const state = await first.idle()
    expect(first.asked).toHaveLength(1)
    expect(state).toMatchObject({
      generation: {
        date: '2026-11-20T03:12:00.000Z',
        lines: 5,
        mailboxes: 5,
        persons: 1,
        source: 'download',
      },
      error: null,
      resumable: false,
      stale: false,
    })
    expect(new Set(first.told.map(({ work }) => work?.progress.phase))).toContain('finish')
    expect(await found(first.directory, 'cardio lyon martin')).toEqual(['anne.martin@medecin.mssante.test'])
    expect(await first.directory.addressesOf(anneId)).toEqual([
      'anne.martin@medecin.mssante.test',
      'am@ch-lilas.mssante.test',
    ])
    await first.directory.stop()
    expect(readdirSync(first.folder).filter((name) => name.includes('extraction'))).toEqual([])
    const again = await directoryOn({ folder: first.folder, vault: first.vault })
    expect(again.directory.state().generation).toMatchObject({ mailboxes: 5 })
    expect(await found(again.directory, 'bernard')).toEqual(['paul.bernard@medecin.mssante.test'])
    // Another vault has no key: the file is nobody's and goes.
    await again.directory.stop()
    const other = await directoryOn({ folder: first.folder })
    expect(other.directory.state().generation).toBeNull()
    expect(readdirSync(first.folder)).toEqual([])
    expect(first.faults.concat(again.faults, other.faults)).toEqual([])
  })

  it('goes on with a download that was cut, and starts anew when the file is another one', async () => {
    const bytes = await zipped('e.txt', Buffer.from(extractionOf(people)))
    const cut = await directoryOn({ served: { bytes, tag: '"1"', cut: 200 } })
    await cut.directory.update()
    expect(await cut.idle()).toMatchObject({
      error: { code: 'net.closed' },
      resumable: true,
      generation: null,
    })
    await cut.directory.update()
    expect(await cut.idle()).toMatchObject({ error: null, generation: { mailboxes: 5 }, resumable: false })
    expect(cut.asked[1]?.headers).toMatchObject({ Range: 'bytes=200-', 'If-Range': '"1"' })
    cut.served.cut = 100
    await cut.directory.update()
    await cut.idle()
    cut.served.tag = '"2"'
    await cut.directory.update()
    expect(await cut.idle()).toMatchObject({ error: null, generation: { mailboxes: 5 } })
  })

  it('keeps what it has when a file is not an extraction, and says so', async () => {
    const { directory, idle, folder } = await directoryOn({})
    await directory.update()
    await idle()
    const file = path.join(folder, 'photo.txt')
    writeFileSync(file, 'autre chose\n')
    await directory.importFile(file)
    expect(await idle()).toMatchObject({
      error: { code: 'directory.extraction-malformed' },
      generation: { mailboxes: 5 },
    })
    await directory.importFile(path.join(folder, 'absent.zip'))
    expect(await idle()).toMatchObject({
      error: { code: 'exchange.unreadable' },
      generation: { mailboxes: 5 },
    })
    expect(await found(directory, 'bernard')).toHaveLength(1)
  })

  it('answers searches while an import is under way, and stops it when asked', async () => {
    const { directory, idle, folder } = await directoryOn({})
    await directory.update()
    await idle()
    const file = path.join(folder, 'grande.txt')
    const many = Array.from({ length: 100_000 }, (_, index) =>
      physician(`NOM${String(index)}`, 'Ida', inLyon),
    )
    writeFileSync(file, extractionOf(many))
    await directory.importFile(file)
    expect(await found(directory, 'bernard')).toHaveLength(1)
    expect(directory.state().work).not.toBeNull()
    expect(await directory.cancel()).toEqual(ok(null))
    expect(directory.state()).toMatchObject({ work: null, error: null, generation: { mailboxes: 5 } })
    expect(await found(directory, 'nom1')).toEqual([])
    expect(await found(directory, 'bernard')).toHaveLength(1)
  })

  it('drops a base that is damaged, says so, and goes on without it', async () => {
    const { directory, idle, folder, vault } = await directoryOn({})
    await directory.update()
    await idle()
    await directory.stop()
    const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.db'))
    const bytes = readFileSync(path.join(folder, file))
    // All but the first pages: it opens, and says what it holds.
    writeFileSync(path.join(folder, file), bytes.fill(7, 4096 * 8))
    const again = await directoryOn({ folder, vault })
    expect(await found(again.directory, 'martin')).toEqual([])
    expect(again.directory.state()).toMatchObject({
      generation: null,
      error: { code: 'directory.damaged' },
    })
    expect(readdirSync(folder)).toEqual([])
    await again.directory.update()
    await again.idle()
    expect(again.directory.state().error).toBeNull()
    expect(await found(again.directory, 'martin')).toHaveLength(2)
  })

  it('has nothing to download where the administrator says so', async () => {
    const { directory } = await directoryOn({ policy: { extraction: null } })
    expect(directory.state().download).toBe(false)
    expect(await directory.update()).toMatchObject({ error: { code: 'directory.not-configured' } })
  })
})

describe('asking about one person', () => {
  const fhir = (active: boolean): FhirClient => ({
    person: (nationalId) =>
      Promise.resolve(
        ok({
          at: Date.parse('2026-11-20T08:00:00Z'),
          unit: true,
          deltaAt: null,
          persons: [
            {
              nationalId,
              facts: {
                ...{ active, lastName: 'MARTIN', firstName: 'Anne', civility: 'DR' },
                professions: [{ code: '10', label: 'Médecin' }],
                ...{
                  specialties: [],
                  situations: [{ role: 'Salarié', active: true, structure: null, start: null, end: null }],
                },
              },
            },
          ],
          mailboxes: [
            'am@ch-lilas.mssante.test',
            'nouvelle@ch-lilas.mssante.test',
            'rouge@ch-lilas.mssante.test',
          ].map((address, at) => ({
            ...{ address, type: 'PER', nationalId, structure: null, service: null, paperless: null },
            ...{ rank: at + 1, unlisted: address.startsWith('rouge') },
          })),
        }),
      ),
    changes: () => Promise.resolve(ok(null)),
  })

  it('keeps what the API says: new mailboxes, rank, liste rouge not proposed, practice', async () => {
    const { directory, idle } = await directoryOn({ fhir: fhir(true) })
    await directory.update()
    await idle()
    const verified = await directory.verify(anneId)
    expect(verified).toMatchObject({
      ok: true,
      value: {
        active: true,
        verifiedAt: '2026-11-20T08:00:00.000Z',
        situations: [{ role: 'Salarié' }],
        mailboxes: [
          { address: 'am@ch-lilas.mssante.test', rank: 1 },
          { address: 'nouvelle@ch-lilas.mssante.test', rank: 2, name: 'Dr Anne MARTIN' },
          { address: 'anne.martin@medecin.mssante.test', rank: null },
        ],
      },
    })
    expect(await found(directory, 'nouvelle@')).toEqual(['nouvelle@ch-lilas.mssante.test'])
    expect(await found(directory, 'rouge@')).toEqual([])
    // The next extraction lacks it: it came from the API and stays.
    await directory.update()
    await idle()
    expect(await found(directory, 'nouvelle@')).toHaveLength(1)
  })

  it('is not offered without a key', async () => {
    const { directory } = await directoryOn({})
    expect(await directory.verify(anneId)).toMatchObject({ error: { code: 'directory.not-configured' } })
  })
})
