import { z } from 'zod'
import { call, Nothing } from './service.ts'
import { ErrorData } from './errors.ts'

/** *Situation d’exercice* as the card tells it, after the PIN (`CPS_ACTIVITY_01_PS`…16; cps-card.md §1.7). */
export const CardActivity = z.object({
  /** 1 to 16; the numbering may have gaps. */
  number: z.number().int(),
  /** *Raison sociale*. */
  organisation: z.string().nullable(),
  /** *Struct_IdNat*: one digit for the kind of number, then the number. */
  structureId: z.string().nullable(),
  /** Sector of activity, `SA07` for instance. */
  sector: z.string().nullable(),
})
export type CardActivity = z.infer<typeof CardActivity>

/** The professional as the card's certificates and data name them (cps-card.md §1.7, §2.4–2.5). */
export const CardHolder = z.object({
  /** National identifier with its type digit: `8` + RPPS, or employer id `/` staff id. */
  nationalId: z.string(),
  /** The 11 digits when the national identifier is an RPPS. */
  rpps: z.string().nullable(),
  familyName: z.string(),
  givenName: z.string(),
  /** `title` of the certificate subject, e.g. « Médecin ». */
  profession: z.string().nullable(),
  organisation: z.string().nullable(),
  /** Kind of card (*TypeProduit*): professional, in training, employee or director, other staff. */
  cardKind: z.enum(['cps', 'cpf', 'cpe', 'cpa']).nullable(),
  /** Code of the specialty, `SM26` for instance; known some time after the PIN, when the card tells it. */
  specialty: z.string().nullable(),
  /** Known some time after the PIN: each takes the card up to a second. Empty when the card tells none. */
  activities: z.array(CardActivity).max(16),
})
export type CardHolder = z.infer<typeof CardHolder>

/** Whether a certificate of the card may be used today. `revoked` wins; the app signs with `valid` only. */
export const CardValidity = z.enum(['valid', 'expired', 'not-yet-valid', 'revoked'])
export type CardValidity = z.infer<typeof CardValidity>

export const CardCertificate = z.object({
  /** ISO dates. */
  notBefore: z.string(),
  notAfter: z.string(),
  validity: CardValidity,
  /** What the authority says: `unknown` until it was asked, or when nobody answered. */
  revocation: z.enum(['good', 'revoked', 'unknown']),
})
export type CardCertificate = z.infer<typeof CardCertificate>

/**
 * What a card is to the mailboxes of this workstation: `opens` one of them; `renewed` is another card of a holder whose former
 * card opens one (same national identifier, another serial number); `other` opens none while others do; `unbound` when there
 * is no mailbox yet that a card opens. `SessionState.cardUser` says of the card in use whether that mailbox is the one at hand.
 */
export const CardBinding = z.enum(['opens', 'renewed', 'other', 'unbound'])
export type CardBinding = z.infer<typeof CardBinding>

export const CardToken = z.object({
  reader: z.string(),
  label: z.string(),
  serial: z.string(),
  model: z.string(),
  /** Read from the public certificates, before any PIN. */
  holder: CardHolder.nullable(),
  /** A reader with its own key pad: the PIN is typed there; a window sends an empty one. */
  pinPad: z.boolean(),
  binding: CardBinding,
  /** Null for a certificate the card does not have. */
  authentication: CardCertificate.nullable(),
  signature: CardCertificate.nullable(),
})
export type CardToken = z.infer<typeof CardToken>

/** Tries left before the card blocks; null when the card does not tell (PKCS#11 only gives flags: cps-card.md §1.5). */
export const TriesLeft = z.number().int().nullable()

/**
 * State of the card in use. With several cards it is the one the user chose, else the one that opens this vault, else the
 * one put in last; a card that is open stays in use. `removed` is transient: it follows `open`.
 */
export const CardState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('no-module'), tried: z.array(z.string()) }),
  /** `error.code` says why: card.module-failed, card.module-architecture, card.module-too-old, card.process-lost… */
  z.object({ state: z.literal('module-failed'), path: z.string(), error: ErrorData }),
  z.object({ state: z.literal('no-reader') }),
  z.object({ state: z.literal('no-card'), readers: z.array(z.string()) }),
  /** Of another family, or a CPS too recent for the module. */
  z.object({ state: z.literal('unknown-card'), reader: z.string() }),
  /** The card does not answer: inserted the wrong way round, dirty or broken. */
  z.object({ state: z.literal('mute-card'), reader: z.string() }),
  /** Laid on a contactless reader: that side of a CPS identifies nobody. */
  z.object({ state: z.literal('contactless-card'), reader: z.string() }),
  z.object({
    state: z.literal('pin-needed'),
    token: CardToken,
    triesLeft: TriesLeft,
    /** It was open: another program took the login, or the card's process restarted. Asked once. */
    again: z.boolean(),
  }),
  z.object({ state: z.literal('pin-wrong'), token: CardToken, triesLeft: TriesLeft }),
  /** The PIN is being typed on the reader. */
  z.object({ state: z.literal('pin-on-reader'), token: CardToken }),
  /** After three wrong PINs. `pukTriesLeft` is null when no PUK was wrong. */
  z.object({ state: z.literal('blocked'), token: CardToken, pukTriesLeft: TriesLeft }),
  /** The PUK is spent too: the card must be replaced. */
  z.object({ state: z.literal('dead'), token: CardToken }),
  z.object({ state: z.literal('open'), token: CardToken }),
  z.object({ state: z.literal('removed'), serial: z.string() }),
])
export type CardState = z.infer<typeof CardState>

/** One reader and what is in it. */
export const CardReader = z.object({
  reader: z.string(),
  content: z.enum(['empty', 'card', 'unknown', 'mute', 'contactless']),
  /** Of a `card`. */
  token: CardToken.nullable(),
  /** `card.state` is about this one. */
  inUse: z.boolean(),
})
export type CardReader = z.infer<typeof CardReader>

/** The PKCS#11 module in use, for support. */
export const CardModule = z.object({
  path: z.string(),
  manufacturer: z.string(),
  description: z.string(),
  /** `3.1`: of the module, not of the Cryptolib package. */
  libraryVersion: z.string(),
  cryptokiVersion: z.string(),
})
export type CardModule = z.infer<typeof CardModule>

/** *Code porteur*: four digits. */
export const Pin = z.string().regex(/^\d{4}$/)
/** Empty for a reader with its own key pad. */
const TypedPin = z.union([Pin, z.literal('')])
/** *Code de déblocage*: eight digits. */
const TypedPuk = z.union([z.string().regex(/^\d{8}$/), z.literal('')])

/** Which card the window showed, and whether its last try may be spent. */
const Presenting = {
  /** The card meant: a code is never presented to another (`card.other-card`). The card in use without it. */
  serial: z.string().max(64).optional(),
  /** The user was told that it is the last try and goes on; without it, the last try is refused (`card.last-try`, `card.puk-last-try`). */
  insist: z.boolean().optional(),
}

/** A PIN as a window hands it over. */
export const PinEntry = z.object({ pin: TypedPin, ...Presenting })
export type PinEntry = z.infer<typeof PinEntry>

export const cardCalls = {
  'card.state': call(Nothing, CardState),
  /** Every reader, empty ones too; answered while locked. */
  'card.readers': call(Nothing, z.array(CardReader).max(64)),
  /** Makes a card present the one in use, until it leaves. Error: card.no-card. */
  'card.choose': call(z.object({ serial: z.string().min(1).max(64) }), Nothing),
  /** Opens the card inside an open session (opened by passphrase, or after its process restarted): to sign. */
  'card.login': call(PinEntry, Nothing),
  /**
   * Closes the card: asked before another program changes its PIN, since the module would go on presenting the one it was given
   * (cps-card.md §1.6). An open mailbox stays open.
   */
  'card.close': call(Nothing, Nothing),
  /** Where a PIN is changed and a card unblocked: in CPS-Gestion, or in SousPli (`cardPinChange` of the policy). */
  'card.pinCare': call(Nothing, z.object({ by: z.enum(['cps-gestion', 'direct']) })),
  /**
   * Changes the PIN; possible while locked. Errors: card.pin-care-elsewhere (policy), card.pin-format, card.pin-same, those of
   * card.login.
   */
  'card.changePin': call(z.object({ oldPin: TypedPin, newPin: TypedPin, ...Presenting }), Nothing),
  /**
   * Gives a new PIN by means of the PUK; possible while locked. The state is then `pin-needed`. Errors: card.pin-care-elsewhere,
   * card.puk-format, card.puk-incorrect (`details.triesLeft`), card.puk-locked, card.puk-last-try, card.pin-format, card.no-card…
   */
  'card.unblock': call(z.object({ puk: TypedPuk, newPin: TypedPin, ...Presenting }), Nothing),
}
export const cardEvents = {
  'card.changed': CardState,
  /** A reader or a card came, went or changed. */
  'card.readersChanged': z.array(CardReader).max(64),
}
