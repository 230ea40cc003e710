import type { AccountKind, SenderLabel } from '../../contract/index.ts'
import { fail, ok, type Outcome } from '../../contract/errors.ts'

/** Line ends, other controls, and characters one does not see or that turn the text around. */
const unwritable = /[\p{Cc}\p{Cf}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu
const longest = 200

/** A name as it may stand in a header and be read: on one line, without anything hidden. */
export const cleanName = (text: string): string =>
  text.normalize('NFC').replace(unwritable, ' ').replace(/\s+/g, ' ').trim().slice(0, longest)

/** The separator stands between fields alone. */
const field = (text: string): string => cleanName(text.replaceAll('_', ' '))

/**
 * The label of the From field (ECO.2.2.7): `Titre_Prénom_NOM_Entité` of a person, where the title and the unit may be missing;
 * `Entité` of a service or of software. Error: `account.label-invalid` without what is mandatory.
 */
export const senderName = (kind: AccountKind, label: SenderLabel): Outcome<string> => {
  const entity = field(label.entity)
  const [givenName, familyName] = [field(label.givenName), field(label.familyName).toLocaleUpperCase('fr')]
  const parts =
    kind === 'organisational' || kind === 'applicative'
      ? entity === ''
        ? []
        : [entity]
      : givenName === '' || familyName === ''
        ? []
        : [field(label.title), givenName, familyName, entity]
  const name = cleanName(parts.filter((part) => part !== '').join('_'))
  return name === '' ? fail('account.label-invalid', { retry: 'after-change' }) : ok(name)
}
