import { ChevronDown, ChevronRight, Download, FileCheck2, RotateCcw, ScrollText } from 'lucide-react'
import { useCallback, useEffect, useId, useRef, useState } from 'react'
import type {
  AppError,
  Outcome,
  Output,
  Trace,
  TraceChain,
  TraceComparison,
  TraceFilter,
} from '../../app/contract/index.ts'
import { invoke, on, uploadFile } from '../client/index.ts'
import { tracesStore, useStore } from '../data/index.ts'
import {
  Banner,
  Button,
  Chip,
  Dialog,
  EmptyState,
  ErrorBanner,
  Segments,
  showError,
  showToast,
  Spinner,
  TextField,
  type ChipTone,
  WideTable,
} from '../design/index.ts'
import { dateTime, fullDate, number, t } from '../i18n/index.ts'
import { actionsOf, traceGroups, type TraceGroup } from './groups.ts'

const periods = ['day', 'week', 'month', 'all'] as const
type Period = (typeof periods)[number]
const days: Readonly<Record<Exclude<Period, 'all'>, number>> = { day: 1, week: 7, month: 31 }

const pageSize = 100
/** Milliseconds. */
const pauseOfTyping = 150
const tones: Readonly<Record<Trace['outcome'], ChipTone>> = {
  ok: 'ok',
  refused: 'alert',
  failed: 'alert',
  unknown: 'warn',
}

type Page = Output<'traces.page'>

interface Wish {
  text: string
  period: Period
  group: TraceGroup
  failures: boolean
}

const filterOf = (wish: Wish, now: number): TraceFilter => ({
  from: wish.period === 'all' ? null : new Date(now - days[wish.period] * 86_400_000).toISOString(),
  to: null,
  actions: [...actionsOf[wish.group]],
  account: null,
  outcomes: wish.failures ? ['refused', 'failed', 'unknown'] : [],
  text: wish.text.trim(),
})

/** What the check of the chain says: quiet when it holds, loud when it does not. */
const ChainBanner = ({ chain, months }: { chain: TraceChain | null; months: number }) => {
  if (chain === null)
    return (
      <p className="traces-checking" role="status">
        <Spinner label={t('traces.checking')} /> {t('traces.checking')}
      </p>
    )
  if (chain.state === 'broken')
    return (
      <Banner tone="error" title={t(`traces.broken-${chain.finding}`, { at: number(chain.at) })}>
        <p>
          {t(`traces.brokenText-${chain.finding}`)} {t('traces.brokenText')}
        </p>
      </Banner>
    )
  return (
    <Banner
      tone={chain.notices.length > 0 ? 'warn' : 'ok'}
      title={t('traces.intact', { count: chain.count })}
    >
      <p>
        {chain.first && chain.last
          ? t('traces.intactText', { first: fullDate(chain.first), last: fullDate(chain.last), months })
          : t('traces.keptText', { months })}{' '}
        {chain.witnessed
          ? t('traces.witnessed', { at: dateTime(chain.witnessed) })
          : t('traces.notWitnessed')}
      </p>
      {chain.notices.length > 0 ? (
        <ul className="traces-notices">
          {chain.notices.map((notice) => (
            <li key={notice.kind}>
              {t(`traces.notice-${notice.kind}`, { at: 'at' in notice ? number(notice.at) : '' })}
            </li>
          ))}
        </ul>
      ) : null}
    </Banner>
  )
}

const Details = ({ trace, id }: { trace: Trace; id: string }) => {
  const facts = [
    ['traces.number', number(trace.seq)],
    ['traces.author', [trace.authorName, trace.author].filter((word) => word !== '').join(' · ')],
    ['traces.openedBy', t(`traces.openedBy-${trace.openedBy}`)],
    ['traces.workstation', trace.workstation],
    ['traces.target', trace.target],
    ['traces.request', trace.request],
    ['traces.answer', trace.answer],
    ['traces.code', trace.code ?? ''],
    ['traces.hash', trace.hash],
  ] as const
  return (
    <tr className="traces-details" id={id}>
      <td colSpan={6}>
        <dl>
          {facts
            .filter(([, value]) => value !== '')
            .map(([label, value]) => (
              <div key={label}>
                <dt>{t(label)}</dt>
                <dd>{value}</dd>
              </div>
            ))}
        </dl>
      </td>
    </tr>
  )
}

const TraceLine = ({ trace }: { trace: Trace }) => {
  const [open, setOpen] = useState(false)
  const id = useId()
  const Icon = open ? ChevronDown : ChevronRight
  return (
    <>
      <tr>
        <td>
          <button
            type="button"
            className="traces-toggle"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            <Icon aria-hidden="true" />
            <span className="visually-hidden">{t('traces.details', { number: number(trace.seq) })}</span>
            {dateTime(trace.at)}
          </button>
        </td>
        <td>
          {t(`traces.action-${trace.action}`)}
          {trace.automatic ? <span className="traces-automatic"> {t('traces.automatic')}</span> : null}
        </td>
        <td>{trace.account ?? t('traces.everyMailbox')}</td>
        <td className="traces-words">{trace.target === '' ? trace.request : trace.target}</td>
        <td>{trace.authorName === '' ? trace.author : trace.authorName}</td>
        <td>
          <Chip tone={tones[trace.outcome]}>{t(`traces.outcome-${trace.outcome}`)}</Chip>
        </td>
      </tr>
      {open ? <Details trace={trace} id={id} /> : null}
    </>
  )
}

/** Numbers of traces as a sentence lists them. */
const listed = (numbers: readonly number[]): string => numbers.map((one) => number(one)).join(', ')

/** What a former export says against the traces that are here. */
const Compared = ({ found }: { found: TraceComparison }) => {
  const differences = (['rewritten', 'missing', 'edited'] as const).filter((kind) => found[kind].length > 0)
  return (
    <Banner
      tone={differences.length > 0 ? 'error' : 'ok'}
      title={
        differences.length > 0
          ? t('traces.comparedDifferent', { same: found.same, count: found.count })
          : t('traces.comparedSame', { count: found.same })
      }
    >
      {differences.map((kind) => (
        <p key={kind}>{t(`traces.compared-${kind}`, { list: listed(found[kind]) })}</p>
      ))}
      {found.purged > 0 ? <p>{t('traces.comparedPurged', { count: found.purged })}</p> : null}
    </Banner>
  )
}

/** Compares a file that « Exporter » once made with the traces that are here. */
const CompareExport = ({ onError }: { onError: (error: AppError | null) => void }) => {
  const picker = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const [found, setFound] = useState<TraceComparison | null>(null)
  const compare = async (file: File | undefined): Promise<void> => {
    if (!file || busy) return
    setBusy(true)
    const uploadId = crypto.randomUUID()
    const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
    const compared = sent.ok ? await invoke('traces.compare', { uploadId }) : sent
    setBusy(false)
    onError(compared.ok ? null : compared.error)
    setFound(compared.ok ? compared.value : null)
  }
  return (
    <>
      <Button isPending={busy} onPress={() => picker.current?.click()}>
        <FileCheck2 aria-hidden="true" /> {t('traces.compare')}
      </Button>
      <input
        ref={picker}
        type="file"
        accept=".csv"
        hidden
        aria-label={t('traces.compare')}
        onChange={(event) => {
          void compare(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <Dialog title={t('traces.compareTitle')} isOpen={found !== null} onClose={() => setFound(null)}>
        {found ? <Compared found={found} /> : null}
      </Dialog>
    </>
  )
}

const TracesPage = () => {
  const [wish, setWish] = useState<Wish>({ text: '', period: 'week', group: 'all', failures: false })
  const [found, setFound] = useState<Page | null>(null)
  const [chain, setChain] = useState<TraceChain | null>(null)
  const [months, setMonths] = useState(12)
  const [error, setError] = useState<AppError | null>(null)
  const [exporting, setExporting] = useState(false)
  const asked = useRef(0)
  const filter = useRef<TraceFilter | null>(null)

  /** The page, or null when something else was asked meanwhile. */
  const ask = useCallback(async (next: TraceFilter, before: number | null): Promise<Outcome<Page> | null> => {
    asked.current += 1
    const mine = asked.current
    const page = await invoke('traces.page', { filter: next, before, limit: pageSize })
    return mine === asked.current ? page : null
  }, [])
  const take = useCallback((page: Outcome<Page> | null, goesOn: boolean): void => {
    if (page?.ok) {
      setError(null)
      setFound((former) => ({
        ...page.value,
        traces: goesOn && former ? [...former.traces, ...page.value.traces] : page.value.traces,
      }))
    } else if (page) setError(page.error)
  }, [])

  useEffect(() => {
    const next = filterOf(wish, Date.now())
    filter.current = next
    // What is typed is searched for once it stays: all traces are looked through.
    const timer = setTimeout(() => void ask(next, null).then((page) => take(page, false)), pauseOfTyping)
    return () => clearTimeout(timer)
  }, [wish, ask, take])

  useEffect(() => {
    const stop = on('traces.checked', setChain)
    void invoke('traces.state', null).then((state) => {
      if (state.ok) setMonths(state.value.months)
    })
    // What the check at opening said is of then: the traces shown are of now.
    void invoke('traces.verify', null).then((checked) => {
      if (checked.ok) setChain(checked.value)
      else setError(checked.error)
    })
    return stop
  }, [])

  /** The chain, and the list: what was done since the window opened is in both. */
  const verify = async (): Promise<void> => {
    setChain(null)
    if (filter.current !== null) void ask(filter.current, null).then((page) => take(page, false))
    const checked = await invoke('traces.verify', null)
    if (checked.ok) setChain(checked.value)
    else setError(checked.error)
  }
  const save = async (): Promise<void> => {
    if (filter.current === null) return
    setExporting(true)
    const made = await invoke('traces.export', { filter: filter.current })
    const saved = made.ok
      ? await invoke('window.savePart', { url: made.value.url, fileName: made.value.fileName })
      : made
    setExporting(false)
    if (!saved.ok) showError(saved.error)
    else if (made.ok && saved.value) showToast({ text: t('traces.exported', { count: made.value.count }) })
  }

  return (
    <div className="traces">
      <p>{t('traces.intro')}</p>
      {chain === null && error ? null : <ChainBanner chain={chain} months={months} />}
      <div className="traces-filters">
        <TextField
          label={t('traces.search')}
          hint={t('traces.searchHint')}
          value={wish.text}
          onChange={(text) => setWish({ ...wish, text })}
          autoComplete="off"
        />
        <Segments
          label={t('traces.period')}
          value={wish.period}
          options={periods.map((value) => ({ value, label: t(`traces.period-${value}`) }))}
          onChange={(period) => setWish({ ...wish, period })}
        />
        <Segments
          label={t('traces.kind')}
          value={wish.group}
          options={traceGroups.map((value) => ({ value, label: t(`traces.group-${value}`) }))}
          onChange={(group) => setWish({ ...wish, group })}
        />
        <Segments
          label={t('traces.outcome')}
          value={wish.failures ? 'failures' : 'all'}
          options={[
            { value: 'all', label: t('traces.outcomeAll') },
            { value: 'failures', label: t('traces.outcomeFailures') },
          ]}
          onChange={(value) => setWish({ ...wish, failures: value === 'failures' })}
        />
      </div>
      <div className="traces-actions">
        <p role="status">{found ? t('traces.found', { count: found.total }) : ''}</p>
        <CompareExport onError={setError} />
        <Button onPress={() => verify()}>
          <RotateCcw aria-hidden="true" /> {t('traces.verify')}
        </Button>
        <Button
          variant="primary"
          isPending={exporting}
          isDisabled={!found || found.total === 0}
          onPress={() => save()}
        >
          <Download aria-hidden="true" /> {t('traces.export')}
        </Button>
      </div>
      {error ? <ErrorBanner error={error} /> : null}
      {found && found.total === 0 ? (
        <EmptyState icon={<ScrollText />} title={t('traces.emptyTitle')}>
          {t('traces.emptyText')}
        </EmptyState>
      ) : null}
      {found && found.total > 0 ? (
        <WideTable className="traces-table" role="region" label={t('traces.title')}>
          <table>
            <thead>
              <tr>
                {(['when', 'what', 'mailbox', 'target', 'author', 'result'] as const).map((column) => (
                  <th key={column} scope="col">
                    {t(`traces.${column}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {found.traces.map((trace) => (
                <TraceLine key={trace.seq} trace={trace} />
              ))}
            </tbody>
          </table>
        </WideTable>
      ) : null}
      {found?.more ? (
        <Button
          onPress={() => {
            const last = found.traces.at(-1)
            if (filter.current && last) void ask(filter.current, last.seq).then((page) => take(page, true))
          }}
        >
          {t('traces.more')}
        </Button>
      ) : null}
    </div>
  )
}

/** « Traces »: what was done in the mailboxes, by whom and with what answer (ECO.4.1.1, ECO.4.1.2). */
export const TracesDialog = () => (
  <Dialog
    title={t('traces.title')}
    isOpen={useStore(tracesStore)}
    onClose={() => tracesStore.set(false)}
    width="page"
  >
    <TracesPage />
  </Dialog>
)
