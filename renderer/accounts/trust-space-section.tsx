import { ListChecks, RefreshCw } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { AppError, TrustedDomain, TrustSpaceState } from '../../app/contract/index.ts'
import { invoke, on, uploadFile } from '../client/index.ts'
import { useFollowed } from '../data/index.ts'
import {
  Banner,
  Button,
  Chip,
  ErrorBanner,
  FileDrop,
  showToast,
  Spinner,
  TextField,
} from '../design/index.ts'
import { dateTime, errorSentence, number, t } from '../i18n/index.ts'

const day = 24 * 3_600_000
/** A list that is older than this deserves a word. */
const staleAfter = 7 * day
/** The same of the date it gives itself. */
const forgottenAfter = 30 * day

const askState = () => invoke('trustSpace.state', null)
const followState = (told: (state: TrustSpaceState) => void) => on('trustSpace.changed', told)

const DomainSearch = ({ asOf }: { asOf: string | null }) => {
  const [text, setText] = useState('')
  const [found, setFound] = useState<{ text: string; domains: readonly TrustedDomain[] } | null>(null)
  const typed = text.trim()
  useEffect(() => {
    if (typed.length < 2) return undefined
    let current = true
    void invoke('trustSpace.search', { text: typed }).then((outcome) => {
      if (current && outcome.ok) setFound({ text: typed, domains: outcome.value })
    })
    return () => {
      current = false
    }
  }, [typed, asOf])
  const domains = typed.length >= 2 && found?.text === typed ? found.domains : null
  return (
    <div className="trust-search">
      <TextField
        label={t('accounts.trustSearch')}
        placeholder={t('accounts.trustSearchExample')}
        value={text}
        onChange={setText}
        autoComplete="off"
      />
      {domains ? (
        domains.length === 0 ? (
          <p className="small muted">{t('accounts.trustNone', { text: typed })}</p>
        ) : (
          <ul className="trust-domains">
            {domains.map((one) => (
              <li key={one.domain}>
                <b>{one.shown}</b>
                {one.shown === one.domain ? null : <code className="small muted">{one.domain}</code>}
                <span className="small muted">
                  {[one.description, ...one.operators].filter((words) => words !== '').join(' · ')}
                </span>
              </li>
            ))}
          </ul>
        )
      ) : null}
    </div>
  )
}

/** The list of the trust space: how old it is, how much it holds, what the last attempt said; a newer one at will. */
export const TrustSpaceSection = ({ now }: { now: Date }) => {
  const { state, tell } = useFollowed(askState, followState)
  const [importing, setImporting] = useState(false)
  const [error, setError] = useState<AppError | null>(null)
  /** The file whose list was refused for what it lost; null for the server's. */
  const [shorter, setShorter] = useState<File | null>(null)
  if (!state) return <Spinner label={t('accounts.trustTitle')} />
  const take = (outcome: { ok: true; value: TrustSpaceState } | { ok: false; error: AppError }): void => {
    if (outcome.ok) {
      tell(outcome.value)
      showToast({ text: t('accounts.trustTaken', { count: outcome.value.domains }) })
    } else setError(outcome.error)
  }
  const refresh = async (evenIfShorter = false): Promise<void> => {
    setError(null)
    setShorter(null)
    take(await invoke('trustSpace.refresh', { evenIfShorter }))
  }
  const importFile = async (file: File, evenIfShorter = false): Promise<void> => {
    setError(null)
    setShorter(file)
    setImporting(true)
    const uploadId = crypto.randomUUID()
    const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
    const outcome = sent.ok ? await invoke('trustSpace.import', { uploadId, evenIfShorter }) : sent
    setImporting(false)
    take(outcome)
  }
  const since = (date: string | null): number => (date === null ? 0 : now.getTime() - Date.parse(date))
  // A server that gives the same list for weeks is no better than one that gives none.
  const written = since(state.generatedAt)
  const age =
    state.fetchedAt === null ? null : Math.max(since(state.fetchedAt), written > forgottenAfter ? written : 0)
  const failed = state.lastAttempt?.error ?? null
  const shrunk = (error ?? failed)?.code === 'trust-space.shrunk'
  return (
    <section className="settings-section" aria-labelledby="settings-trust-space">
      <h3 id="settings-trust-space">{t('accounts.trustTitle')}</h3>
      <p className="muted">{t(state.url ? 'accounts.trustText' : 'accounts.trustTextFiles')}</p>
      {state.source === 'builtin' ? (
        <Banner tone="warn" title={t('accounts.trustBuiltin')}>
          <p>
            {t(state.url ? 'accounts.trustBuiltinText' : 'accounts.trustBuiltinFiles', {
              rule: state.rule.join(', '),
            })}
          </p>
        </Banner>
      ) : (
        <dl className="trust-facts">
          <dt>{t('accounts.trustDomains')}</dt>
          <dd>
            <b className="tabular">{number(state.domains)}</b>{' '}
            <span className="muted">{t('accounts.trustOperators', { count: state.operators })}</span>
          </dd>
          <dt>{t('accounts.trustGenerated')}</dt>
          <dd>{state.generatedAt ? dateTime(state.generatedAt) : t('accounts.trustUndated')}</dd>
          <dt>{t(state.source === 'file' ? 'accounts.trustImported' : 'accounts.trustFetched')}</dt>
          <dd>
            {state.fetchedAt ? dateTime(state.fetchedAt) : null}{' '}
            {age !== null && age > staleAfter ? (
              <Chip tone="warn">{t('accounts.trustOld', { days: Math.floor(age / day) })}</Chip>
            ) : (
              <Chip tone="ok">{t('accounts.trustFresh')}</Chip>
            )}
          </dd>
          {state.ignored > 0 ? (
            <>
              <dt>{t('accounts.trustIgnored')}</dt>
              <dd>{number(state.ignored)}</dd>
            </>
          ) : null}
        </dl>
      )}
      {failed && state.lastAttempt && !error ? (
        <Banner tone="warn" title={t('accounts.trustFailed', { date: dateTime(state.lastAttempt.at) })}>
          <p>{errorSentence(failed).what}</p>
          <p>{t(state.source === 'builtin' ? 'accounts.trustStillBuiltin' : 'accounts.trustStill')}</p>
        </Banner>
      ) : null}
      {error ? <ErrorBanner error={error} /> : null}
      <div className="settings-actions">
        {shrunk ? (
          <Button
            isPending={state.refreshing || importing}
            onPress={() => (error && shorter ? importFile(shorter, true) : refresh(true))}
          >
            {t('accounts.trustTakeShorter')}
          </Button>
        ) : null}
        {state.url ? (
          <Button isPending={state.refreshing} onPress={() => refresh()}>
            {state.refreshing ? (
              <Spinner label={t('accounts.trustRefreshing')} />
            ) : (
              <RefreshCw aria-hidden="true" />
            )}
            {t('accounts.trustRefresh')}
          </Button>
        ) : null}
      </div>
      {state.source === 'builtin' ? null : <DomainSearch asOf={state.fetchedAt} />}
      <FileDrop
        label={importing ? t('accounts.trustImporting') : t('accounts.trustImport')}
        hint={t('accounts.trustImportHint')}
        accept=".xml"
        onFile={(file) => void importFile(file)}
      />
      <p className="small muted trust-note">
        <ListChecks aria-hidden="true" />{' '}
        {state.url ? t('accounts.trustFrom', { url: state.url }) : t('accounts.trustFromFiles')}
      </p>
    </section>
  )
}
