import { expect, it } from 'vitest'
import type { FilingDoubt } from '../contract/index.ts'
import { doubtsOf, filableDocuments, isLater, replacedBy, type OpenedMail } from './filable.ts'
import { letterWith, openRaw, reports, value } from './practice.fixture.ts'

it('a document of somebody outside the trust space, or under a broken signature, is in doubt', async () => {
  const mail = await openRaw(1, await letterWith([(await reports('who')).first], 'who'))
  const doubts = (change: Partial<OpenedMail>): FilingDoubt[] => {
    const [document] = value(filableDocuments({ ...mail, ...change }))
    if (!document) throw new Error('no document')
    return doubtsOf(document, false)
  }
  expect(doubts({})).toEqual([])
  expect(doubts({ trust: 'professional', signature: 'valid' })).toEqual([])
  for (const trust of ['outside', 'patient', 'unknown'] as const)
    expect(doubts({ trust })).toEqual(['sender-outside'])
  expect(doubts({ signature: 'invalid' })).toEqual(['signature-invalid'])
})

it('a document replaces what it names, else the latest of its set before it, and never what was replaced', async () => {
  const { first, second } = await reports('sets')
  const mail = await openRaw(1, await letterWith([second], 'sets'))
  const [document] = value(filableDocuments(mail))
  if (!document?.setKey) throw new Error('no document of a set')
  const { setKey } = document
  const named = {
    documentKey: document.found.summary.replaces ?? '',
    setKey,
    version: 1,
    state: 'filed',
  } as const
  expect(named.documentKey).toBe(first.header.id)
  const earlier = { ...named, documentKey: 'other', version: 0 }
  const later = { ...named, documentKey: 'later', version: 3 }
  expect(replacedBy(document, [earlier, named])).toBe(named)
  expect(replacedBy(document, [earlier])).toBe(earlier)
  expect(replacedBy(document, [{ ...named, state: 'replaced' }, earlier])).toBe(earlier)
  expect(replacedBy(document, [later, { ...named, documentKey: document.key, version: 2 }])).toBeNull()
  expect(isLater(later, document)).toBe(true)
  expect(isLater(named, document)).toBe(false)
})
