import { describe, expect, it } from 'vitest'
import { ok } from '../contract/index.ts'
import { cardiologist, extractionOf, inLyon, physician, zipped } from './base/base.fixture.ts'
import { suggestRecipients } from './suggest.ts'

import { anneId, directoryOn, found } from './directory.fixture.ts'

describe('suggestions under the recipient field', () => {
  const suggest = async (
    on: Awaited<ReturnType<typeof directoryOn>>,
    text: string,
    met: { name: string; address: string }[] = [],
    often: { name: string; address: string }[] = [],
  ) => {
    const answer = await suggestRecipients(
      {
        directory: on.directory,
        classify: () => 'professional',
        recent: () => Promise.resolve(ok(met)),
        frequent: () => Promise.resolve(ok(often)),
      },
      { text, limit: 12 },
    )
    if (!answer.ok) throw new Error(answer.error.code)
    return answer.value.map((one) =>
      one.kind === 'address'
        ? `${one.address} ${one.origins.join('+')}${one.preferred ? ' *' : ''}${one.near ? ' ~' : ''}`
        : `${one.kind} ${one.name} ${String(one.count)}`,
    )
  }

  it('has favourites, recent people, lists, the directory and services in one list; the preferred address first', async () => {
    const on = await directoryOn({})
    await on.directory.update()
    await on.idle()
    expect(await suggest(on, 'martin')).toEqual([
      'anne.martin@medecin.mssante.test directory',
      'am@ch-lilas.mssante.test directory',
    ])
    await on.directory.choices.prefer({ nationalId: anneId, address: 'am@ch-lilas.mssante.test' })
    await on.directory.choices.setFavourite({
      address: 'paul.bernard@medecin.mssante.test',
      name: 'Paul',
      on: true,
    })
    expect(
      await suggest(on, 'martin', [{ name: 'A. Martin', address: 'anne.martin@medecin.mssante.test' }]),
    ).toEqual(['am@ch-lilas.mssante.test directory *', 'anne.martin@medecin.mssante.test recent+directory'])
    expect(await suggest(on, '')).toEqual(['paul.bernard@medecin.mssante.test favourite'])
    // A favourite is found by what the directory says of it, too.
    expect(await suggest(on, 'medecin paul')).toEqual([
      'paul.bernard@medecin.mssante.test favourite+directory',
    ])
    await on.directory.choices.saveList({
      id: null,
      name: 'Lilas du mardi',
      members: [{ name: '', address: 'a@b.mssante.test' }],
    })
    expect(await suggest(on, 'lilas')).toEqual([
      'list Lilas du mardi 1',
      'urgences@ch-lilas.mssante.test directory',
      'cardiologie@ch-lilas.mssante.test directory',
      'am@ch-lilas.mssante.test directory *',
      'service Hôpital des Lilas (fictif) 2',
    ])
  })

  it('finds whom one writes to often by trade and town, and before others', async () => {
    const served = {
      bytes: await zipped(
        'e.txt',
        Buffer.from(
          extractionOf([
            ...Array.from({ length: 20 }, (_, at) =>
              physician(`NOM${String(at)}`, 'Ida', { ...inLyon, ...cardiologist }),
            ),
            physician('ZOLA', 'Zoé', { ...inLyon, ...cardiologist }),
          ]),
        ),
      ),
      tag: '"1"',
    }
    const on = await directoryOn({ served })
    await on.directory.update()
    await on.idle()
    const often = [{ name: 'Zoé', address: 'zoé.zola@medecin.mssante.test' }]
    expect((await suggest(on, 'card'))[0]).not.toContain('zola')
    expect((await suggest(on, 'card', [], often))[0]).toContain('zola@medecin.mssante.test recent')
    expect((await suggest(on, 'lyon cardio', [], often))[0]).toContain('zola')
    expect(await suggest(on, 'zloa')).toEqual(['zoé.zola@medecin.mssante.test directory ~'])
  })

  it('leaves others in sight beside a person of twenty addresses', async () => {
    const id = { 'Identifiant PP': '99700000101' }
    const served = {
      bytes: await zipped(
        'e.txt',
        Buffer.from(
          extractionOf([
            ...Array.from({ length: 20 }, (_, at) => ({
              ...physician('MARTIN', 'Anne', id),
              'Adresse BAL': `a${String(at)}@ch.mssante.test`,
            })),
            // Two lines of one address: two specialties.
            physician('MARTIN', 'Paul', { 'Identifiant PP': '99700000102', ...cardiologist }),
            physician('MARTIN', 'Paul', { 'Identifiant PP': '99700000102' }),
          ]),
        ),
      ),
      tag: '"1"',
    }
    const on = await directoryOn({ served })
    await on.directory.update()
    await on.idle()
    const lines = await suggest(on, 'martin')
    expect(lines.filter((line) => line.startsWith('a'))).toHaveLength(4)
    expect(lines.filter((line) => line.startsWith('paul'))).toHaveLength(1)
    expect(await found(on.directory, 'paul martin')).toEqual(['paul.martin@medecin.mssante.test'])
  })

  it('puts who practises where the user does before those of the same name elsewhere', async () => {
    const on = await directoryOn({
      own: ['paul.bernard@medecin.mssante.test'],
      served: {
        bytes: await zipped(
          'e.txt',
          Buffer.from(
            extractionOf([
              ...Array.from({ length: 60 }, (_, at) =>
                physician('MARTIN', `Jean${String.fromCharCode(97 + (at % 26))}${String(at)}`, {
                  'L6LIGNEACHEMINEMENT structure BAL': '44000 NANTES',
                  'Code postal structure BAL': '44000',
                }),
              ),
              physician('MARTIN', 'Zoé', { ...inLyon, 'Adresse BAL': 'zoe@ch-lilas.mssante.test' }),
              physician('BERNARD', 'Paul', inLyon),
            ]),
          ),
        ),
        tag: '"1"',
      },
    })
    await on.directory.update()
    await on.idle()
    expect((await found(on.directory, 'mart'))[0]).toBe('zoe@ch-lilas.mssante.test')
    expect((await found(on.directory, 'martin'))[0]).toBe('zoe@ch-lilas.mssante.test')
  })
})
