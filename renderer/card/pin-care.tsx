import { useEffect, useRef, useState, type ReactNode, type Ref } from 'react'
import type { AppError, CardState, CardToken, Outcome, Output } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { cardStore, useStore } from '../data/index.ts'
import {
  Banner,
  Button,
  Dialog,
  ErrorBanner,
  PinField,
  pinLength,
  showToast,
  Spinner,
} from '../design/index.ts'
import { t } from '../i18n/index.ts'

const pukLength = 8

/** Which of the two is wanted. */
export type PinCare = 'change' | 'unblock'

const Code = ({
  label,
  value,
  length,
  onChange,
  isDisabled,
  inputRef,
}: {
  label: string
  value: string
  length?: number
  onChange: (value: string) => void
  isDisabled: boolean
  inputRef?: Ref<HTMLInputElement>
}) => (
  <div className="pin-care-code">
    <span aria-hidden="true">{label}</span>
    <PinField
      label={label}
      value={value}
      {...(length === undefined ? {} : { length })}
      onChange={onChange}
      isDisabled={isDisabled}
      {...(inputRef === undefined ? {} : { inputRef })}
    />
  </div>
)

const cardOf = (card: CardState): CardToken | null => ('token' in card ? card.token : null)

/** The codes, typed here or on the reader's key pad; all leave the window's state before the card is asked. */
const CareForm = ({
  care,
  card,
  token,
  onDone,
}: {
  care: PinCare
  card: CardState
  token: CardToken
  onDone: () => void
}) => {
  const [first, setFirst] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  const [insists, setInsists] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!busy) input.current?.focus()
  }, [busy])
  const tries =
    care === 'unblock'
      ? card.state === 'blocked'
        ? card.pukTriesLeft
        : null
      : 'triesLeft' in card
        ? card.triesLeft
        : null
  const lastTry = tries === 1
  const firstLength = care === 'unblock' ? pukLength : pinLength
  const complete = first.length === firstLength && next.length === pinLength && again.length === pinLength
  const differs = again.length === pinLength && again !== next
  const same = care === 'change' && next.length === pinLength && next === first
  const ready = token.pinPad || (complete && !differs && !same)

  const submit = async (): Promise<void> => {
    if (busy || !ready || (lastTry && !insists)) return
    const presenting = { serial: token.serial, ...(lastTry ? { insist: true } : {}) }
    const codes = token.pinPad ? { first: '', next: '' } : { first, next }
    setFirst('')
    setNext('')
    setAgain('')
    setInsists(false)
    setBusy(true)
    setError(null)
    const answer: Outcome<null> =
      care === 'unblock'
        ? await invoke('card.unblock', { puk: codes.first, newPin: codes.next, ...presenting })
        : await invoke('card.changePin', { oldPin: codes.first, newPin: codes.next, ...presenting })
    setBusy(false)
    if (!answer.ok) {
      setError(answer.error)
      return
    }
    showToast({ text: t(care === 'unblock' ? 'ownCard.unblocked' : 'ownCard.changed') })
    onDone()
  }

  return (
    <form
      className="pin-care-form"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <p>{t(care === 'unblock' ? 'ownCard.unblockText' : 'ownCard.changeText')}</p>
      <p className="muted small">{t('unlock.readerLine', { reader: token.reader, serial: token.serial })}</p>
      {care === 'unblock' ? (
        <Banner tone="warn">
          <p>{t('ownCard.unblockWarning')}</p>
        </Banner>
      ) : null}
      {token.pinPad ? (
        <p>{t('ownCard.readerAsksOld')}</p>
      ) : (
        <>
          <Code
            label={t(care === 'unblock' ? 'ownCard.puk' : 'ownCard.oldPin')}
            value={first}
            length={firstLength}
            onChange={setFirst}
            isDisabled={busy}
            inputRef={input}
          />
          <Code label={t('ownCard.newPin')} value={next} onChange={setNext} isDisabled={busy} />
          <Code label={t('ownCard.newPinAgain')} value={again} onChange={setAgain} isDisabled={busy} />
        </>
      )}
      <div aria-live="polite" className="pin-care-note">
        {differs ? <Banner tone="warn" title={t('ownCard.differs')} /> : null}
        {same ? <Banner tone="warn" title={t('ownCard.sameAsOld')} /> : null}
        {lastTry && !busy ? (
          <Banner
            tone="error"
            title={t('ownCard.lastTryTitle')}
            actions={
              insists ? null : (
                <Button size="small" onPress={() => setInsists(true)}>
                  {t('ownCard.lastTryInsist')}
                </Button>
              )
            }
          >
            <p>{t('ownCard.lastTryText')}</p>
          </Banner>
        ) : null}
      </div>
      {error ? <ErrorBanner error={error} /> : null}
      <Button type="submit" variant="primary" isDisabled={busy || !ready || (lastTry && !insists)}>
        {busy ? <Spinner label={t('common.loading')} /> : null}
        {token.pinPad
          ? t(busy ? 'ownCard.onReaderTitle' : 'ownCard.startOnReader')
          : t(care === 'unblock' ? 'ownCard.unblockDo' : 'ownCard.changeDo')}
      </Button>
    </form>
  )
}

/** Where the policy keeps PINs out of SousPli: explains, and opens the ANS's own program where it is. */
const Elsewhere = () => {
  const [found, setFound] = useState<boolean | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  useEffect(() => {
    void invoke('window.findCpsGestion', null).then((answer) => setFound(answer.ok && answer.value.found))
  }, [])
  const open = async (): Promise<void> => {
    // The module would go on presenting the PIN it was given, and burn a try of the new one.
    await invoke('card.close', null)
    const answer = await invoke('window.openCpsGestion', null)
    setError(answer.ok ? null : answer.error)
  }
  return (
    <div className="pin-care-form">
      <p>{t('ownCard.elsewhereText')}</p>
      {found === null ? <Spinner label={t('common.loading')} /> : null}
      {found === true ? (
        <>
          <p>{t('ownCard.elsewhereFound')}</p>
          <div>
            <Button variant="primary" onPress={() => open()}>
              {t('ownCard.openCpsGestion')}
            </Button>
          </div>
        </>
      ) : null}
      {found === false ? <Banner tone="warn" title={t('ownCard.elsewhereMissing')} /> : null}
      {error ? <ErrorBanner error={error} /> : null}
    </div>
  )
}

/** Changes the PIN of the card in use, or unblocks it: here where the policy lets SousPli, else in CPS-Gestion. */
export const PinCareDialog = ({ care, onClose }: { care: PinCare | null; onClose: () => void }) => {
  const card = useStore(cardStore)
  const [by, setBy] = useState<Output<'card.pinCare'>['by'] | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  const isOpen = care !== null
  useEffect(() => {
    if (!isOpen) return
    void invoke('card.pinCare', null).then((answer) => {
      if (answer.ok) setBy(answer.value.by)
      else setError(answer.error)
    })
  }, [isOpen])
  const token = cardOf(card)
  const content = (): ReactNode => {
    if (care === null) return null
    if (error) return <ErrorBanner error={error} />
    if (by === null) return <Spinner label={t('common.loading')} />
    if (by === 'cps-gestion') return <Elsewhere />
    if (token === null) return <Banner tone="info" title={t('ownCard.noCard')} />
    if (card.state === 'dead') return <ErrorBanner error={{ code: 'card.puk-locked' }} />
    if (care === 'change' && card.state === 'blocked')
      return <ErrorBanner error={{ code: 'card.pin-locked' }} />
    if (care === 'unblock' && card.state !== 'blocked' && card.state !== 'pin-on-reader')
      return <Banner tone="info" title={t('ownCard.notBlocked')} />
    return <CareForm key={token.serial} care={care} card={card} token={token} onDone={onClose} />
  }
  return (
    <Dialog
      title={t(care === 'unblock' ? 'ownCard.unblockTitle' : 'ownCard.changeTitle')}
      isOpen={isOpen}
      onClose={onClose}
      width="narrow"
    >
      {content()}
    </Dialog>
  )
}
