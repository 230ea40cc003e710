import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import {
  fail,
  ok,
  Pin,
  type AppError,
  type CardModule,
  type CardReader,
  type CardState,
  type ErrorCode,
} from '../contract/index.ts'
import { createBackgroundReading } from './background-reading.ts'
import type { CardDependencies, CardService } from './card-service.ts'
import { createCredentials } from './credentials.ts'
import { cardInUse, cardsOf } from './in-use.ts'
import { createLife } from './life.ts'
import { createPinCare } from './pin-care.ts'
import type { Perform, Target } from './operation.ts'
import type { SeenCard, Sight } from './protocol.ts'
import { createRevocations } from './revocations.ts'
import { createTokens } from './tokens.ts'
import { createTelling } from './telling.ts'

/** Milliseconds a signature waits for an authority that has not answered yet. */
const revocationPatience = 5000
/** Milliseconds without an operation before the card's data objects are read. */
const quietBeforeReading = 1500

/** Why nothing can be asked of a card in this state. */
const absenceCodes: Partial<Record<CardState['state'], ErrorCode>> = {
  'no-module': 'card.no-module',
  'no-reader': 'card.no-reader',
  'unknown-card': 'card.unknown-card',
  'mute-card': 'card.mute',
  'contactless-card': 'card.contactless',
}
const strangerStates = {
  unknown: 'unknown-card',
  mute: 'mute-card',
  contactless: 'contactless-card',
} as const

/** The service of the whole core: one card in use, known by its state, whatever becomes of the process that holds it. */
export const createCardService = (deps: CardDependencies): CardService => {
  const pinCare = deps.policy.cardPinChange ?? 'cps-gestion'
  const states = createTelling<CardState>()
  const readerLists = createTelling<CardReader[]>()
  let state: CardState = { state: 'starting' }
  let shownReaders: CardReader[] = []
  let module: CardModule | null = null
  let sight: Sight | null = null
  let chosenSerial: string | null = null
  /** Insertion whose PIN was refused last, so that the state stays `pin-wrong`. */
  let refusedInsertion: number | null = null
  /** Insertion whose code is being typed on its reader. */
  let typingInsertion: number | null = null
  /** Card that the user opened, until it leaves or is closed: when its login is lost, the PIN is asked again, once. */
  let openedSerial: string | null = null
  let lastUse = 0
  let stopped = false

  const tokens = createTokens({ now: deps.now, binding: deps.binding ?? (() => 'unbound') })
  const reading = createBackgroundReading(tokens)
  const revocations = createRevocations({
    now: deps.now,
    clock: deps.clock,
    tokens,
    ask: deps.revocation,
    onAnswer: () => showSight(),
  })

  const inUse = (): SeenCard | null =>
    cardInUse(sight, [chosenSerial, openedSerial], (card) => tokens.of(card).binding)

  const show = (next: CardState): void => {
    if (stopped || isDeepStrictEqual(next, state)) return
    state = next
    states.tell(next)
  }

  const stateOfCard = (card: SeenCard): CardState => {
    const token = tokens.of(card)
    const { triesLeft, pukTriesLeft } = card
    if (typingInsertion === card.insertion) return { state: 'pin-on-reader', token }
    if (card.open) return { state: 'open', token }
    if (triesLeft === 0)
      return pukTriesLeft === 0 ? { state: 'dead', token } : { state: 'blocked', token, pukTriesLeft }
    if (refusedInsertion === card.insertion) return { state: 'pin-wrong', token, triesLeft }
    return { state: 'pin-needed', token, triesLeft, again: openedSerial === card.serial }
  }

  const stateOfReaders = ({ readers }: Sight): CardState => {
    for (const content of ['unknown', 'mute', 'contactless'] as const) {
      const stranger = readers.find((reader) => reader.content === content)
      if (stranger) return { state: strangerStates[content], reader: stranger.reader }
    }
    return readers.length === 0
      ? { state: 'no-reader' }
      : { state: 'no-card', readers: readers.map(({ reader }) => reader) }
  }

  const readers = (): CardReader[] => {
    const used = inUse()?.insertion
    return (sight?.readers ?? []).map(({ reader, content, card }) => ({
      reader,
      content,
      token: card && tokens.of(card),
      inUse: card !== null && card.insertion === used,
    }))
  }

  const showReaders = (): void => {
    const next = readers()
    if (stopped || isDeepStrictEqual(next, shownReaders)) return
    shownReaders = next
    readerLists.tell(next)
  }

  /** Tells what is known now. */
  const showSight = (): void => {
    if (!sight) return
    showReaders()
    const card = inUse()
    show(card ? stateOfCard(card) : stateOfReaders(sight))
  }

  const isHeld = (insertion: number): boolean => cardsOf(sight).some((card) => card.insertion === insertion)

  const replace = (insertion: number, card: SeenCard | null): void => {
    if (!sight) return
    sight = {
      readers: sight.readers.map((reader) =>
        reader.card?.insertion === insertion ? { ...reader, card, content: card ? 'card' : 'empty' } : reader,
      ),
    }
  }

  /** Takes in what the readers hold now. An open card that left is told at once; the next look tells what is there instead. */
  const takeIn = (seen: Sight): void => {
    const former = inUse()
    sight = seen
    const now = cardsOf(seen).find(({ insertion }) => insertion === former?.insertion)
    // Another program took the right PIN, or unblocked the card.
    if (former?.triesLeft != null && now?.triesLeft === null) refusedInsertion = null
    // Put back since the last look, it is another insertion, closed as any.
    if (former && !isHeld(former.insertion) && former.serial === openedSerial) openedSerial = null
    if (!cardsOf(seen).some(({ serial }) => serial === openedSerial)) openedSerial = null
    if (!cardsOf(seen).some(({ serial }) => serial === chosenSerial)) chosenSerial = null
    if (state.state === 'open' && former && !isHeld(former.insertion)) {
      showReaders()
      show({ state: 'removed', serial: former.serial })
    } else showSight()
  }

  const cardGone = (insertion: number | undefined): void => {
    if (!sight || insertion === undefined || !isHeld(insertion)) return
    takeIn({
      readers: sight.readers.map((reader) =>
        reader.card?.insertion === insertion ? { ...reader, card: null, content: 'empty' } : reader,
      ),
    })
    life.wake()
  }

  const life = createLife(deps, {
    show,
    seen: (seen) => {
      if (seen) takeIn(seen)
      else showSight()
    },
    gone: () => cardGone(inUse()?.insertion),
    unseen: (failure, failures) => {
      // One look that fails closes no mailbox, nor does an update of the card that opened it.
      if (state.state !== 'open' || failures > 1) show(failure)
    },
    lost: () => {
      module = null
      sight = null
      // Insertions are counted by the process.
      tokens.forget()
      reading.forget()
      refusedInsertion = null
      typingInsertion = null
      showReaders()
    },
    loaded: (loaded) => {
      module = loaded
    },
    idle: async (link) => {
      const card = inUse()
      if (!card?.open || deps.now() - lastUse < quietBeforeReading) return false
      const more = await reading.step(link, card)
      showSight()
      return more
    },
  })

  /** The card in use and the way to it; what is missing otherwise. */
  const target: Target = (serial) => {
    const link = life.link()
    const card = inUse()
    if (link && card)
      return serial === undefined || serial === card.serial
        ? ok({ card, link })
        : fail('card.other-card', { retry: 'after-change' })
    if (state.state === 'module-failed') return { ok: false, error: state.error }
    // A card shown with nothing behind it: its process has just ended.
    if (state.state === 'starting' || 'token' in state) return fail('card.process-lost', { retry: 'later' })
    return fail(absenceCodes[state.state] ?? 'card.no-card', { retry: 'after-change' })
  }

  /** Changes what is known of a card, if it is still there. */
  const update = (insertion: number, change: Partial<SeenCard>): void => {
    const card = cardsOf(sight).find((one) => one.insertion === insertion)
    if (card) replace(insertion, { ...card, ...change })
    showSight()
  }

  /** What an error says of the card. */
  const learn = (insertion: number, { code, details }: AppError): void => {
    const told = details?.['triesLeft']
    const left = typeof told === 'number' ? told : null
    switch (code) {
      case 'card.removed':
        cardGone(insertion)
        break
      case 'card.login-required':
        update(insertion, { open: false })
        break
      case 'card.pin-incorrect':
      case 'card.pin-locked':
        refusedInsertion = insertion
        update(insertion, { open: false, triesLeft: left })
        break
      case 'card.puk-incorrect':
      case 'card.puk-locked':
        update(insertion, { open: false, pukTriesLeft: left })
        break
      case 'card.last-try':
        update(insertion, { triesLeft: left })
        break
      case 'card.puk-last-try':
        update(insertion, { pukTriesLeft: left })
        break
      default:
        showSight()
    }
  }

  /** One operation on a card, and what its failure says of it. */
  const perform: Perform = async (link, request) => {
    lastUse = deps.now()
    const outcome = await link.call(request)
    lastUse = deps.now()
    if (typingInsertion === request.insertion) typingInsertion = null
    if (!outcome.ok) learn(request.insertion, outcome.error)
    return outcome
  }

  /** A code is about to be typed on the reader itself. */
  const awaitKeyPad = (card: SeenCard): void => {
    if (!card.pinPad) return
    typingInsertion = card.insertion
    showSight()
  }

  const login: CardService['login'] = async ({ pin, serial, insist }) => {
    const found = target(serial)
    if (!found.ok) return found
    const { card, link } = found.value
    if (!card.pinPad && !Pin.safeParse(pin).success) return fail('card.pin-format', { retry: 'after-change' })
    awaitKeyPad(card)
    const { insertion } = card
    const presented = await perform(link, {
      op: 'login',
      insertion,
      pin: card.pinPad ? '' : pin,
      insist: insist === true,
    })
    if (!presented.ok) return presented
    refusedInsertion = null
    openedSerial = card.serial
    update(insertion, { open: true, triesLeft: null })
    return ok(tokens.of(card))
  }

  const { changePin, unblock } = createPinCare({
    by: pinCare,
    target,
    perform,
    awaitKeyPad,
    accepted: (card, change) => {
      refusedInsertion = null
      if (!change.open && openedSerial === card.serial) openedSerial = null
      update(card.insertion, change)
    },
  })

  const logout = async (except?: string): Promise<void> => {
    if (openedSerial !== except) openedSerial = null
    for (const card of cardsOf(sight)) {
      const link = life.link()
      if (!link || !card.open || card.serial === except) continue
      const done = await perform(link, { op: 'logout', insertion: card.insertion })
      if (done.ok) update(card.insertion, { open: false })
    }
    showSight()
  }

  const credential = createCredentials({
    target,
    held: (insertion) => cardsOf(sight).find((card) => card.insertion === insertion) ?? null,
    link: () => life.link(),
    perform,
    tokens,
    checked: (card) => revocations.check(card, revocationPatience),
  })

  return {
    state: () => state,
    readers,
    module: () => module,
    onChange: states.listen,
    onReaders: readerLists.listen,
    isPresent: (serial) => cardsOf(sight).some((card) => card.serial === serial),
    choose: async (serial) => {
      if (!cardsOf(sight).some((card) => card.serial === serial))
        return fail('card.no-card', { retry: 'after-change' })
      await logout(serial)
      chosenSerial = serial
      showSight()
      return ok(null)
    },
    login,
    logout: () => logout(),
    changePin,
    unblock,
    pinCare: () => pinCare,
    sign: async ({ purpose, data }) => {
      const found = target()
      if (!found.ok) return found
      const { card, link } = found.value
      const digest = Uint8Array.from(createHash('sha256').update(data).digest())
      const { insertion } = card
      const scheme = 'rsa_pkcs1_sha256'
      const signed = await perform(link, { op: 'sign', insertion, purpose, scheme, digest })
      return signed.ok ? ok(signed.value.signature) : signed
    },
    credential,
    certificates: () => {
      const found = target()
      return Promise.resolve(found.ok ? ok(found.value.card.certificates) : found)
    },
    refresh: () => {
      tokens.rebind()
      const card = inUse()
      if (card?.open) void revocations.check(card, revocationPatience)
      showSight()
    },
    stop: async () => {
      stopped = true
      await life.stop()
    },
  }
}
