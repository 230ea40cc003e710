import { Check } from 'lucide-react'
import { useState } from 'react'
import type { Discovery } from '../../app/contract/index.ts'
import { Logo } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { AccountStep } from './account-step.tsx'
import { FirstSync } from './first-sync.tsx'
import { LoginStep } from './login-step.tsx'
import { ProtectStep } from './protect-step.tsx'
import { RecoveryStep } from './recovery-step.tsx'
import { RestoreStep } from './restore-step.tsx'
import { Welcome } from './welcome.tsx'
import './assistant.css'

type Step =
  | { name: 'welcome' }
  | { name: 'protect' }
  | { name: 'recovery'; code: string }
  | { name: 'account' }
  | { name: 'login'; discovery: Discovery }
  | { name: 'sync' }
  | { name: 'restore' }

const stages = ['protect', 'recovery', 'account', 'login', 'sync'] as const

/**
 * First run: from nothing to a mailbox, one question per page. `start` is `account` when the vault already exists, `beside`
 * for a colleague on a workstation where others have theirs.
 */
export const Assistant = ({
  start,
  onMailbox,
  onRestored,
  onCancel,
}: {
  start: 'welcome' | 'account' | 'beside'
  /** The new mailbox is to be opened. */
  onMailbox: () => void
  /** A backup was put back. */
  onRestored: () => void
  /** Where one may also leave without a new mailbox. */
  onCancel?: () => void
}) => {
  const [step, setStep] = useState<Step>(
    start === 'beside'
      ? { name: 'protect' }
      : start === 'welcome'
        ? { name: 'welcome' }
        : { name: 'account' },
  )
  const stage = stages.findIndex((name) => name === step.name)
  return (
    <div className="assistant">
      <div className="assistant-box">
        <header className="assistant-head">
          <span className="assistant-logo">
            <Logo /> SousPli
          </span>
          {stage >= 0 ? (
            <ol className="assistant-steps" aria-label={t('assistant.steps')}>
              {stages.map((name, index) => (
                <li
                  key={name}
                  data-state={index < stage ? 'done' : index === stage ? 'now' : 'later'}
                  {...(index === stage ? { 'aria-current': 'step' as const } : {})}
                >
                  <span className="assistant-dot" aria-hidden="true">
                    {index < stage ? <Check /> : index + 1}
                  </span>
                  {t(`assistant.stage-${name}`)}
                </li>
              ))}
            </ol>
          ) : null}
        </header>
        <main className="assistant-main">
          {step.name === 'welcome' ? (
            <Welcome
              onNext={() => setStep({ name: 'protect' })}
              onRestore={() => setStep({ name: 'restore' })}
            />
          ) : step.name === 'restore' ? (
            <RestoreStep onBack={() => setStep({ name: 'welcome' })} onDone={onRestored} />
          ) : step.name === 'protect' ? (
            <ProtectStep
              beside={start === 'beside'}
              onCreated={(code) => setStep({ name: 'recovery', code })}
              {...(onCancel && start === 'beside' ? { onCancel } : {})}
            />
          ) : step.name === 'recovery' ? (
            <RecoveryStep code={step.code} onNext={() => setStep({ name: 'account' })} />
          ) : step.name === 'account' ? (
            <AccountStep
              onFound={(discovery) => setStep({ name: 'login', discovery })}
              {...(onCancel && start === 'account' ? { onCancel } : {})}
            />
          ) : step.name === 'login' ? (
            <LoginStep
              discovery={step.discovery}
              onBack={() => setStep({ name: 'account' })}
              onCreated={() => setStep({ name: 'sync' })}
            />
          ) : (
            <FirstSync onDone={onMailbox} />
          )}
        </main>
      </div>
    </div>
  )
}
