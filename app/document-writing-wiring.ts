import type { CardService } from './card/index.ts'
import type { CardHolder, CoreStart, SessionState, SignInState, TrustClass } from './contract/index.ts'
import { readFonts } from './exchange-handlers.ts'
import { createDocumentWriting, type DocumentWriting } from './mssante/index.ts'
import { enclosedMessage, type createResources } from './reading/index.ts'
import type { Vault } from './vault/index.ts'

/** Professions of G15 as certificates name them. */
const professions: Readonly<Record<string, string>> = {
  10: 'Médecin',
  21: 'Pharmacien',
  40: 'Chirurgien-Dentiste',
  50: 'Sage-Femme',
  60: 'Infirmier',
  70: 'Masseur-Kinésithérapeute',
  80: 'Pédicure-Podologue',
  91: 'Orthophoniste',
}

/** The professional at the keyboard: of the card that opened the mailbox, of the one in the reader, or signed in. */
const holderOf = (
  session: SessionState,
  card: ReturnType<CardService['state']>,
  signedIn: SignInState['professional'],
): CardHolder | null => {
  const opened = session.phase === 'open' ? session.holder : null
  const holder = opened ?? ('token' in card ? card.token.holder : null)
  if (holder) return holder
  return signedIn
    ? {
        nationalId: signedIn.nationalId,
        rpps: /^8(\d{11})$/.exec(signedIn.nationalId)?.[1] ?? null,
        familyName: signedIn.familyName,
        givenName: signedIn.givenName,
        profession: professions[signedIn.professionCode ?? ''] ?? null,
        organisation: signedIn.organisation,
        cardKind: null,
        specialty: null,
        activities: signedIn.situations.map(({ organisation, sector }, index) => ({
          number: index + 1,
          organisation,
          structureId: null,
          sector: sector?.split('^')[0] ?? null,
        })),
      }
    : null
}

/** Writing documents, with who writes them and where their bytes are shown from. */
export const wireDocumentWriting = (deps: {
  start: CoreStart
  vault: Vault
  card: CardService
  session: () => SessionState
  signedIn: () => SignInState['professional']
  resources: ReturnType<typeof createResources>
  classify: (address: string) => TrustClass
  now: () => number
  random: (length: number) => Uint8Array
}): DocumentWriting => {
  const { start } = deps
  return createDocumentWriting({
    vault: deps.vault,
    workerEntry: start.writingWorker,
    fonts: () => readFonts(start.printFonts),
    holder: () => holderOf(deps.session(), deps.card.state(), deps.signedIn()),
    keep: deps.resources.keep,
    classify: deps.classify,
    enclosed: enclosedMessage,
    product: { name: 'SousPli', version: start.version },
    classes: start.policy.documentClasses ?? {},
    now: deps.now,
    random: deps.random,
  })
}
