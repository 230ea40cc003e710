import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseMessage } from '../../mail/index.ts'
import { generateMailboxes } from '../../../test/operator/seed/index.ts'
import { trustedDomains } from './domains.ts'
import { createAddressExaminer } from './warnings.ts'

const corpus = join(import.meta.dirname, '../../../../shared/corpus')

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  )

// False alarms: what ordinary mail is warned of.
describe('warnings of addresses', () => {
  it('are rare in seeded mail: of those alone who deceive', async () => {
    const trusted = trustedDomains(
      { domains: ['.mssante.test'], patientDomain: 'patient.mssante.test' },
      null,
    )
    const boxes = await generateMailboxes({ seed: 1, now: new Date(), messageCount: 160 })
    const senders = []
    for (const { raw } of boxes.flatMap(({ messages }) => messages)) {
      const parsed = parseMessage(raw)
      if (parsed.ok) senders.push({ from: parsed.value.from, replyTo: parsed.value.replyTo })
    }
    const { examine } = createAddressExaminer(
      trusted,
      senders.map(({ from }) => from),
    )
    expect(senders.length).toBeGreaterThan(100)
    const warned = senders.filter(({ from, replyTo }) => examine(from, replyTo).length > 0)
    const distinct = new Set(warned.map(({ from }) => `${from.name} <${from.address}>`))
    expect([...distinct]).toEqual([
      'Dr Paul BERNARD <paul.bernard@medecin.mssante.test> <ne-pas-repondre@promo.exemple.test>',
    ])
  })

  it.skipIf(!existsSync(corpus))('are none in the corpus', () => {
    const { examine } = createAddressExaminer(trustedDomains(undefined, null), [])
    let read = 0
    for (const file of filesBelow(corpus).filter((name) => name.endsWith('.eml'))) {
      const parsed = parseMessage(readFileSync(file))
      if (!parsed.ok || parsed.value.from.address === '') continue
      read += 1
      const told = examine(parsed.value.from, parsed.value.replyTo).map(({ kind }) => kind)
      expect(told, file.slice(corpus.length)).toEqual([])
    }
    expect(read).toBeGreaterThan(50)
  })
})
