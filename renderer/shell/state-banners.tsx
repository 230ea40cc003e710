import { useState } from 'react'
import type { Account, ErrorCode, ErrorData } from '../../app/contract/index.ts'
import { CardBanners, useCardBanner } from '../card/index.ts'
import { ExpiryBanner, useExpiries } from '../certificates/index.ts'
import { invoke } from '../client/index.ts'
import { PinDialog } from '../composer/index.ts'
import {
  accountStore,
  cardStore,
  loadErrorStore,
  loadOpenSession,
  signInStore,
  useStore,
} from '../data/index.ts'
import { Banner, Button, ErrorBanner, showError } from '../design/index.ts'
import { isNearlyFull, QuotaBanner } from '../folders/index.ts'
import { clock, errorSentence, t } from '../i18n/index.ts'
import { SignInDialog } from '../sign-in/index.ts'
import { StorageBanners, useStorageTrouble } from '../storage/index.ts'
import { BrokenTracesBanner, useBrokenTraces } from '../traces/index.ts'

/** The account goes on by itself once its card is there and open. */
const waitsForCard = (code: ErrorCode): boolean => code.startsWith('card.') || code === 'auth.other-card'

/** What the connection fails of: it stays until the connection is up again, also while that is being tried. */
const failureOf = ({ connection }: Account): ErrorData | null =>
  connection.state === 'error'
    ? connection.error
    : connection.state === 'connecting'
      ? connection.after
      : null

/** Nothing needs to be said of it. */
const isWell = ({ connection }: Account): boolean =>
  (connection.state === 'online' && connection.trouble === null) ||
  (connection.state === 'connecting' && connection.after === null)

/** A mailbox that logs in with the card alone, and whose card is not there or not open. */
const CardWantedBanner = ({ account, error }: { account: Account; error: ErrorData }) => {
  const card = useStore(cardStore)
  const [asking, setAsking] = useState(false)
  const { what, todo } = errorSentence(error)
  // The code has been given: what was asked for is being tried.
  const trying = account.connection.state === 'connecting' && card.state === 'open'
  const holder = card.state === 'open' ? card.token.holder : null
  const renewed =
    error.code === 'auth.other-card' &&
    holder !== null &&
    account.card !== null &&
    holder.nationalId === account.card.nationalId
  const bind = async (): Promise<void> => {
    const bound = await invoke('accounts.useCard', { accountId: account.id })
    if (!bound.ok) showError(bound.error)
  }
  const way =
    error.code === 'card.login-required'
      ? { label: t('shell.cardPin'), act: () => setAsking(true) }
      : renewed
        ? { label: t('shell.cardUse'), act: () => void bind() }
        : null
  if (trying) return null
  return (
    <Banner
      tone="warn"
      title={t('shell.cardTitle', { address: account.address })}
      {...(way
        ? {
            actions: (
              <Button variant="primary" size="small" onPress={way.act}>
                {way.label}
              </Button>
            ),
          }
        : {})}
    >
      <p>
        {renewed ? t('shell.cardRenewed') : what} {way ? null : todo} {t('shell.cardText')}
      </p>
      <PinDialog
        title={t('shell.cardPinTitle')}
        submitLabel={t('shell.cardPinSubmit')}
        safe={t('shell.cardText')}
        isOpen={asking}
        onClose={() => setAsking(false)}
        onOpened={() => setAsking(false)}
      />
    </Banner>
  )
}

/** Pro Santé Connect, or a code: what the user can do himself, and what a window is made for. */
const signsInAgain = (account: Account, code: ErrorCode): boolean =>
  (account.auth === 'psc' && (code === 'auth.failed' || code === 'auth.answer-invalid')) ||
  (account.auth === 'password-otp' && (code === 'auth.failed' || code === 'auth.code-wrong'))

/** Told once for all mailboxes. */
const isAway = (code: ErrorCode): boolean => code === 'auth.provider-unavailable'

const SignInBanner = ({ account }: { account: Account }) => {
  const { session } = useStore(signInStore)
  const [asking, setAsking] = useState(false)
  const byWindow = account.auth === 'psc' || account.auth === 'password-otp'
  const login = async (): Promise<void> => {
    const asked = await invoke('accounts.login', { accountId: account.id })
    if (!asked.ok) showError(asked.error)
  }
  return (
    <Banner
      tone="warn"
      title={t('shell.loginTitle', { address: account.address })}
      actions={
        <Button
          variant="primary"
          size="small"
          onPress={() => {
            if (byWindow) setAsking(true)
            else void login()
          }}
        >
          {account.auth === 'psc' ? t('shell.loginPsc') : t('shell.login')}
        </Button>
      }
    >
      <p>
        {account.auth === 'psc' && session.state === 'closed' && session.reason !== 'start'
          ? t(`signIn.reason-${session.reason}`)
          : null}{' '}
        {t('shell.loginText')}
      </p>
      <SignInDialog account={asking ? account : null} onClose={() => setAsking(false)} />
    </Banner>
  )
}

/** The provider is away: the mailbox stays readable, and comes back by itself. */
const AwayBanner = ({ since }: { since: string | null }) => (
  <Banner
    tone="warn"
    title={t('signIn.awayTitle')}
    actions={
      <Button size="small" onPress={() => invoke('accounts.syncNow', null)}>
        {t('common.retry')}
      </Button>
    }
  >
    <p>
      {t('signIn.awayText')} {since === null ? null : t('signIn.awaySince', { since: clock(since) })}
    </p>
  </Banner>
)

const AccountBanner = ({ account, several }: { account: Account; several: boolean }) => {
  const { connection } = account
  const where = several ? account.address : null
  if (connection.state === 'offline')
    return (
      <Banner
        tone="warn"
        title={where ? t('shell.offlineTitleOf', { address: where }) : t('shell.offlineTitle')}
      >
        <p>{t('shell.offlineText')}</p>
      </Banner>
    )
  if (connection.state === 'login-required') return <SignInBanner account={account} />
  const failed = failureOf(account)
  if (failed && signsInAgain(account, failed.code))
    // What the user has just given is being tried.
    return connection.state === 'error' ? <SignInBanner account={account} /> : null
  if (failed && account.auth === 'psc' && isAway(failed.code)) return null
  if (failed && waitsForCard(failed.code)) return <CardWantedBanner account={account} error={failed} />
  // What this computer refuses stops what arrives too, whichever connection met it first.
  const failure =
    failed ??
    (connection.state === 'online' && connection.trouble?.code.startsWith('vault.')
      ? connection.trouble
      : null)
  if (failure)
    return (
      <ErrorBanner
        error={failure}
        actions={
          <Button size="small" onPress={() => invoke('accounts.syncNow', null)}>
            {t('common.retry')}
          </Button>
        }
      />
    )
  if (connection.state === 'online' && connection.trouble)
    return (
      <Banner
        tone="warn"
        title={t('folders.troubleTitle', { address: account.address })}
        actions={
          <Button size="small" onPress={() => invoke('accounts.syncNow', null)}>
            {t('common.retry')}
          </Button>
        }
      >
        <p>{t('folders.troubleText', { what: errorSentence(connection.trouble).what })}</p>
      </Banner>
    )
  return null
}

/** What is not normal, in words, above the mailbox. Nothing when all is well. */
export const StateBanners = ({ onStorage, onKeys }: { onStorage: () => void; onKeys: () => void }) => {
  const accounts = useStore(accountStore)
  const loadError = useStore(loadErrorStore)
  const troubled = accounts.filter((account) => !isWell(account))
  const limited = accounts.filter(isNearlyFull)
  const storageTrouble = useStorageTrouble()
  const brokenTraces = useBrokenTraces()
  const aboutCard = useCardBanner()
  const { expiries, dismiss } = useExpiries()
  const { awaySince } = useStore(signInStore)
  const away =
    awaySince !== null ||
    accounts.some((account) => {
      const failed = failureOf(account)
      return account.auth === 'psc' && failed !== null && isAway(failed.code)
    })
  const count = troubled.length + limited.length + expiries.length
  if (count === 0 && !loadError && storageTrouble === null && !aboutCard && !brokenTraces) return null
  return (
    <div className="state-banners">
      {aboutCard ? <CardBanners /> : null}
      {loadError ? (
        <ErrorBanner
          error={loadError}
          actions={
            <Button size="small" onPress={() => loadOpenSession()}>
              {t('common.retry')}
            </Button>
          }
        />
      ) : null}
      {brokenTraces ? <BrokenTracesBanner chain={brokenTraces} /> : null}
      {storageTrouble ? (
        <StorageBanners
          trouble={storageTrouble}
          actions={
            <Button size="small" onPress={onStorage}>
              {t('settings.openStorage')}
            </Button>
          }
        />
      ) : null}
      {away ? <AwayBanner since={awaySince} /> : null}
      {troubled.map((account) => (
        <AccountBanner key={account.id} account={account} several={accounts.length > 1} />
      ))}
      <ExpiryBanner expiries={expiries} dismiss={dismiss} onKeys={onKeys} />
      {limited.map((account) => (
        <QuotaBanner key={account.id} account={account} />
      ))}
    </div>
  )
}
