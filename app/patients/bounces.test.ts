import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBounceReader } from './bounces.ts'

const read = createBounceReader({})
const causeOf = (diagnostic: string | null, status: string | null = null) => read({ diagnostic, status })

test.each([
  ['closed', 'La messagerie de l’usager est fermée'],
  ['closed', "550 5.0.0 rejected La messagerie de l'usager est fermee : il a choisi"],
  ['closed', 'Compte désactivé par le patient'],
  ['unknown', '550 5.1.1 User unknown'],
  ['unknown', 'Patient introuvable dans Mon espace santé'],
  ['unknown', "Cet usager n'existe pas"],
  ['address', '553 Adresse du destinataire invalide'],
  ['address', '501 5.1.3 Invalid recipient address'],
  ['size', '552 5.3.4 Message too large'],
  ['size', 'La taille totale du message dépasse 25 Mo'],
] as const)('%s: %s', (cause, words) => {
  expect(causeOf(words)).toBe(cause)
})

test('the status code alone says it too; words that say nothing give none', () => {
  expect([causeOf(null, '5.2.1'), causeOf(null, '5.1.1'), causeOf(null, '5.3.4')]).toEqual([
    'closed',
    'unknown',
    'size',
  ])
  expect(causeOf('550 5.0.0 rejected')).toBeNull()
  expect(causeOf(null)).toBeNull()
})

test('what an administrator writes comes first; a pattern that is none is passed over', () => {
  const own = createBounceReader({
    patientMail: {
      bounces: [
        { cause: 'unknown', pattern: '(' },
        { cause: 'closed', pattern: 'ENS-42' },
      ],
    },
  })
  expect(own({ status: '5.1.1', diagnostic: 'code ens-42' })).toBe('closed')
})

test('any words are read within bounds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 5000 }), (words) => {
      causeOf(words)
    }),
  )
})
