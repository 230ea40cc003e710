import { CircleCheck, CircleHelp, CircleX, Copy, RotateCcw, ScanSearch, TriangleAlert } from 'lucide-react'
import { useCallback, useEffect, useRef, useState } from 'react'
import type {
  AppError,
  Diagnosis,
  DiagnosisLevel,
  DiagnosisServer,
  Outcome,
} from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { openInspection, sessionStore, useStore } from '../data/index.ts'
import {
  Banner,
  Button,
  Dialog,
  ErrorBanner,
  Segments,
  showToast,
  Spinner,
  TextField,
} from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { byArea, reportText, type Finding } from './report.ts'

const icons = { ok: CircleCheck, attention: TriangleAlert, fault: CircleX, unknown: CircleHelp } as const

const FindingLine = ({ finding }: { finding: Finding }) => {
  const Icon = icons[finding.level]
  return (
    <li className="diagnosis-line" data-level={finding.level}>
      <Icon aria-hidden="true" />
      <div>
        <p>
          <span className="visually-hidden">
            {t('diagnosis.levelOf', { level: t(`diagnosis.level-${finding.level}`) })}{' '}
          </span>
          {finding.sentence}
        </p>
        {finding.todo === null ? null : <p className="diagnosis-todo">{finding.todo}</p>}
      </div>
    </li>
  )
}

const Summary = ({ diagnosis }: { diagnosis: Diagnosis }) => {
  if (diagnosis.running)
    return (
      <p className="diagnosis-running" role="status">
        <Spinner label={t('diagnosis.running')} /> {t('diagnosis.running')}
      </p>
    )
  const count = (level: DiagnosisLevel): number =>
    byArea(diagnosis).flatMap(({ findings }) => findings.filter((finding) => finding.level === level)).length
  const [faults, attentions] = [count('fault'), count('attention')]
  if (faults > 0) return <Banner tone="error" title={t('diagnosis.summaryFault', { count: faults })} />
  if (attentions > 0)
    return <Banner tone="warn" title={t('diagnosis.summaryAttention', { count: attentions })} />
  return <Banner tone="ok" title={t('diagnosis.summaryOk')} />
}

const ports = { imap: { starttls: 143, tls: 993 }, smtp: { starttls: 587, tls: 465 } } as const

/** A server that no account of this window has: asked for by its name. */
const ServerForm = ({ busy, onCheck }: { busy: boolean; onCheck: (server: DiagnosisServer) => void }) => {
  const [host, setHost] = useState('')
  const [service, setService] = useState<'imap' | 'smtp'>('imap')
  const [security, setSecurity] = useState<'starttls' | 'tls'>('starttls')
  const [port, setPort] = useState<string | null>(null)
  const shownPort = port ?? String(ports[service][security])
  const number = Number(shownPort)
  const ready =
    /^[\w.-]{1,253}$/.test(host.trim()) && Number.isInteger(number) && number > 0 && number < 65536
  return (
    <details className="diagnosis-server">
      <summary>{t('diagnosis.serverTitle')}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (ready && !busy) onCheck({ service, server: { host: host.trim(), port: number, security } })
        }}
      >
        <TextField label={t('diagnosis.serverHost')} value={host} onChange={setHost} autoComplete="off" />
        <Segments
          label={t('diagnosis.serverService')}
          value={service}
          options={[
            { value: 'imap', label: t('diagnosis.serverImap') },
            { value: 'smtp', label: t('diagnosis.serverSmtp') },
          ]}
          onChange={setService}
        />
        <Segments
          label={t('diagnosis.serverSecurity')}
          value={security}
          options={[
            { value: 'starttls', label: 'STARTTLS' },
            { value: 'tls', label: 'TLS' },
          ]}
          onChange={setSecurity}
        />
        <TextField
          label={t('diagnosis.serverPort')}
          value={shownPort}
          onChange={setPort}
          autoComplete="off"
        />
        <div>
          <Button type="submit" isDisabled={!ready || busy}>
            {t('diagnosis.serverCheck')}
          </Button>
        </div>
      </form>
    </details>
  )
}

const copy = async (text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text)
    showToast({ text: t('diagnosis.copied') })
  } catch {
    showToast({ text: t('diagnosis.copyFailed'), tone: 'error' })
  }
}

const DiagnosisPage = ({ onClose }: { onClose: () => void }) => {
  const open = useStore(sessionStore)?.phase === 'open'
  const [diagnosis, setDiagnosis] = useState<Diagnosis | null>(null)
  const [error, setError] = useState<AppError | null>(null)
  const asked = useRef(0)
  /** The answer, or null when something else was asked meanwhile. */
  const ask = useCallback(async (server: DiagnosisServer | null): Promise<Outcome<Diagnosis> | null> => {
    asked.current += 1
    const mine = asked.current
    const answer = await invoke('diagnosis.run', { server })
    return mine === asked.current ? answer : null
  }, [])
  const take = useCallback((answer: Outcome<Diagnosis> | null): void => {
    if (answer?.ok) setDiagnosis(answer.value)
    else if (answer) setError(answer.error)
  }, [])
  const run = (server: DiagnosisServer | null): void => {
    setError(null)
    setDiagnosis((before) => (before ? { ...before, running: true } : null))
    void ask(server).then(take)
  }
  useEffect(() => {
    const stop = on('diagnosis.progress', setDiagnosis)
    void ask(null).then(take)
    return () => {
      // An answer on its way is for nobody any more.
      asked.current += 1
      stop()
    }
  }, [ask, take])
  const running = error === null && (diagnosis === null || diagnosis.running)
  const report = diagnosis ? reportText(diagnosis) : ''
  return (
    <div className="diagnosis">
      <p>{t('diagnosis.intro')}</p>
      {error ? <ErrorBanner error={error} /> : null}
      {diagnosis ? (
        <Summary diagnosis={diagnosis} />
      ) : running ? (
        <p className="diagnosis-running" role="status">
          <Spinner label={t('diagnosis.running')} /> {t('diagnosis.running')}
        </p>
      ) : null}
      <div className="diagnosis-actions">
        <Button variant="primary" isDisabled={running} onPress={() => copy(report)}>
          <Copy aria-hidden="true" /> {t('diagnosis.copy')}
        </Button>
        <Button isDisabled={running} onPress={() => run(null)}>
          <RotateCcw aria-hidden="true" /> {t('diagnosis.again')}
        </Button>
        {open && (
          <Button
            onPress={() => {
              onClose()
              openInspection(null)
            }}
          >
            <ScanSearch aria-hidden="true" /> {t('inspection.open')}
          </Button>
        )}
      </div>
      <div className="diagnosis-areas">
        {diagnosis
          ? byArea(diagnosis).map(({ area, findings }) => (
              <section key={area} className="diagnosis-area" aria-labelledby={`diagnosis-${area}`}>
                <h3 id={`diagnosis-${area}`}>{t(`diagnosis.area-${area}`)}</h3>
                <ul>
                  {findings.map((finding) => (
                    <FindingLine key={finding.sentence} finding={finding} />
                  ))}
                </ul>
              </section>
            ))
          : null}
      </div>
      <ServerForm busy={running} onCheck={run} />
      {running ? null : (
        <details className="diagnosis-report">
          <summary>{t('diagnosis.showReport')}</summary>
          <pre tabIndex={0} aria-label={t('diagnosis.reportLabel')} role="region">
            {report}
          </pre>
        </details>
      )}
    </div>
  )
}

/** « Diagnostic du poste »: findings as they come, each with what to do, and a report for support. Locked or not. */
export const DiagnosisDialog = ({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) => (
  <Dialog title={t('diagnosis.title')} isOpen={isOpen} onClose={onClose} width="wide">
    <DiagnosisPage onClose={onClose} />
  </Dialog>
)
