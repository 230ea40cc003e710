import {
  DocumentAuthor,
  ok,
  type AuthorProposal,
  type CardHolder,
  type CodeChoice,
  type Outcome,
} from '../../contract/index.ts'
import type { Vault } from '../../vault/index.ts'
import { facilities, settings, specialties, specialty, type Coded } from './coded.ts'

const nameOf = (accountId: number): string => `document-author:${accountId}`

/** Professions as certificates name them, by their code in JDV_J01. */
const professions: Readonly<Record<string, string>> = {
  médecin: 'G15_10',
  pharmacien: 'G15_21',
  'chirurgien-dentiste': 'G15_40',
  'sage-femme': 'G15_50',
  infirmier: 'G15_60',
  'masseur-kinésithérapeute': 'G15_70',
  'pédicure-podologue': 'G15_80',
  orthophoniste: 'G15_91',
}

const specialtyOf = (holder: CardHolder): string => {
  const profession = professions[(holder.profession ?? '').toLowerCase()] ?? ''
  const whole = `${profession}/${holder.specialty ?? ''}`
  return specialty(whole) ? whole : profession
}

/** Where a professional writes: hospitals and homes apart, care is ambulatory. */
const settingOf = (facility: string): string =>
  /^SA0[1-4]$/.test(facility)
    ? 'ETABLISSEMENT'
    : /^SA(?:1[678]|2[01]|41)$/.test(facility)
      ? 'ESSMS'
      : 'AMBULATOIRE'

const choice = ({ code, display }: Coded): CodeChoice => ({ code, label: display })

/** Digits and letters of a telephone or structure number, kept as the standard forms them. */
const structureId = (id: string | null): string => (id && /^\d[\dA-Za-z/.-]{5,40}$/.test(id) ? id : '')

/** What the card tells of its holder (cps-card.md §1.7), empty where it tells nothing. */
const fromCard = (holder: CardHolder | null): AuthorProposal['author'] => {
  const activity = holder?.activities.find((one) => one.structureId !== null) ?? holder?.activities[0]
  const sector = activity?.sector ?? ''
  const facility = facilities.some(({ code }) => code === sector) ? sector : ''
  return {
    nationalId: holder?.nationalId ?? '',
    familyName: holder?.familyName ?? '',
    givenName: holder?.givenName ?? '',
    civility: null,
    title: holder?.profession === 'Médecin' ? 'DR' : null,
    specialty: holder ? specialtyOf(holder) : '',
    phone: null,
    organisation: {
      id: structureId(activity?.structureId ?? null),
      name: activity?.organisation ?? holder?.organisation ?? '',
      street: null,
      postalCode: null,
      city: null,
      phone: null,
    },
    facility,
    setting: facility === '' ? '' : settingOf(facility),
  }
}

/** Authors of the documents of each account: asked once, completed from the card, remembered in the store. */
export const createAuthors = (deps: { vault: Vault; holder: () => CardHolder | null }) => {
  const { vault } = deps
  const known = async (accountId: number): Promise<Outcome<DocumentAuthor | null>> => {
    const stored = await vault.run('meta.get', { name: nameOf(accountId) })
    if (!stored.ok) return stored
    return ok(stored.value === null ? null : DocumentAuthor.parse(JSON.parse(stored.value)))
  }
  return {
    /** Null until the user has said who writes. */
    known,
    propose: async (accountId: number): Promise<Outcome<AuthorProposal>> => {
      const author = await known(accountId)
      if (!author.ok) return author
      return ok({
        confirmed: author.value !== null,
        author: author.value ?? fromCard(deps.holder()),
        choices: {
          specialties: specialties.map(choice),
          facilities: facilities.map(choice),
          settings: settings.map(choice),
        },
      })
    },
    set: async (accountId: number, author: DocumentAuthor): Promise<Outcome<null>> => {
      const stored = await vault.run('meta.set', { name: nameOf(accountId), value: JSON.stringify(author) })
      return stored.ok ? ok(null) : stored
    },
  }
}
