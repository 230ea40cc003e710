import { lazy, Suspense, useEffect, useState } from 'react'
import { Assistant } from '../assistant/index.ts'
import { CardPanels } from '../card/index.ts'
import { invoke } from '../client/index.ts'
import { accountStore, accountsLoadedStore, followCore, sessionStore, useStore } from '../data/index.ts'
import { clearToasts, showError, Spinner, ToastRegion } from '../design/index.ts'
import { t, useLanguage } from '../i18n/index.ts'
import { UnlockScreen } from '../unlock/index.ts'
import { useOneEnter } from './shortcuts.ts'

// The lock screen paints without waiting for the mailbox, the editor and pdf.js; they load behind it.
const loadShell = () => import('./shell.tsx')
const Shell = lazy(async () => ({ default: (await loadShell()).Shell }))

const LoadingScreen = () => (
  <div className="empty-state">
    <Spinner label={t('common.loading')} size="large" />
  </div>
)

/** The whole window: unlock, assistant or mailbox, whatever the session says. */
export const App = () => {
  useLanguage()
  useOneEnter()
  useEffect(() => {
    void loadShell()
    return followCore()
  }, [])
  const session = useStore(sessionStore)
  const accounts = useStore(accountStore)
  const accountsLoaded = useStore(accountsLoadedStore)
  const [assistant, setAssistant] = useState<'welcome' | 'account' | 'beside' | null>(null)
  const phase = session?.phase
  useEffect(() => {
    // Nothing of a session stays on the lock screen.
    if (phase === 'locked') clearToasts()
  }, [phase])

  // The assistant goes on while the session opens under it, until its last page; locking ends it.
  const begins =
    phase === 'no-vault'
      ? 'welcome'
      : phase === 'open' && accountsLoaded && accounts.length === 0
        ? 'account'
        : null
  // What it made is there, though the window may hear of it later than the press that opens it: a mailbox, or a vault put
  // back, which may hold no account yet.
  const [entering, setEntering] = useState<'mailbox' | 'vault' | null>(null)
  const isAwaited = entering === 'vault' ? begins === 'welcome' : entering === 'mailbox' && begins !== null
  if (entering !== null && !isAwaited) setEntering(null)
  if (assistant === null && begins !== null && !isAwaited) setAssistant(begins)
  const enter = (what: 'mailbox' | 'vault'): void => {
    setAssistant(null)
    setEntering(what)
  }
  // A colleague begins his on the lock screen; a wrong PIN there is no end of it.
  const [lastPhase, setLastPhase] = useState(phase)
  // Another page takes the place of this one at the lock (showAfresh in main/window.ts): what was typed here meanwhile would be lost.
  const [isOver, setIsOver] = useState(false)
  if (phase !== lastPhase) {
    setLastPhase(phase)
    if (lastPhase === 'open') setIsOver(true)
    if (assistant !== null && phase === 'locked' && (assistant !== 'beside' || lastPhase === 'open'))
      setAssistant(null)
  }

  // Put away at once: what is typed while the core closes the store would be commands, or words in a field of the mailbox.
  const lock = async (): Promise<void> => {
    setIsOver(true)
    const outcome = await invoke('session.lock', { reason: 'user' })
    if (outcome.ok) return
    setIsOver(false)
    showError(outcome.error)
  }

  const screen = (() => {
    if (!session) return null
    if (isOver || isAwaited) return <LoadingScreen />
    if (assistant !== null)
      return (
        <Assistant
          start={assistant}
          onMailbox={() => enter('mailbox')}
          onRestored={() => enter('vault')}
          {...(begins === null ? { onCancel: () => setAssistant(null) } : {})}
        />
      )
    if (session.phase === 'locked' || session.phase === 'opening')
      return <UnlockScreen session={session} onNewMailbox={() => setAssistant('beside')} />
    return session.phase === 'open' ? (
      <Shell onAddAccount={() => setAssistant('account')} onLock={() => void lock()} />
    ) : null
  })()
  return (
    <>
      <Suspense fallback={<LoadingScreen />}>{screen}</Suspense>
      {isOver ? null : <CardPanels />}
      <ToastRegion />
    </>
  )
}
