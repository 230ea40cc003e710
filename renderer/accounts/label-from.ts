import type { CardHolder, SenderLabel } from '../../app/contract/index.ts'
import { fullName, givenName } from '../i18n/index.ts'

const empty: SenderLabel = { title: '', givenName: '', familyName: '', entity: '' }

const capital = (word: string): string => word.charAt(0).toLocaleUpperCase('fr') + word.slice(1)

/** A first proposal for the From label: of the card's holder, else what the address says (« prenom.nom@ »). */
export const labelFrom = (given: { address: string }, holder: CardHolder | null = null): SenderLabel => {
  const local = given.address.split('@')[0] ?? ''
  const words = local.split(/[._]/).filter((word) => word !== '')
  const entity = words.map(capital).join(' ')
  if (holder)
    return {
      title: fullName(holder).startsWith('Dr ') ? 'Dr' : '',
      givenName: givenName(holder.givenName),
      familyName: holder.familyName.toLocaleUpperCase('fr'),
      entity: '',
    }
  const [first, ...rest] = words
  if (first === undefined || rest.length === 0) return { ...empty, entity }
  return { ...empty, givenName: givenName(first), familyName: rest.join(' ').toLocaleUpperCase('fr') }
}

/** The unit that a label proposes when a mailbox is a service's or software's. */
export const unitFrom = (address: string): string =>
  (address.split('@')[0] ?? '')
    .split(/[._]/)
    .filter((word) => word !== '')
    .map(capital)
    .join(' ')
