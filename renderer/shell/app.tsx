import { useEffect } from 'react'
import { followCore, sessionStore, useStore } from '../data/index.ts'
import { clearToasts, ToastRegion } from '../design/index.ts'
import { useLanguage } from '../i18n/index.ts'
import { UnlockScreen } from '../unlock/index.ts'
import { Shell } from './shell.tsx'

/** The whole window: unlock, assistant or mailbox, whatever the session says. */
export const App = () => {
  useLanguage()
  useEffect(() => followCore(), [])
  const session = useStore(sessionStore)
  const phase = session?.phase
  useEffect(() => {
    // Nothing of a session stays on the lock screen.
    if (phase === 'locked') clearToasts()
  }, [phase])
  return (
    <>
      {phase === 'open' ? <Shell /> : null}
      {session && session.phase !== 'no-vault' && session.phase !== 'open' ? (
        <UnlockScreen session={session} />
      ) : null}
      <ToastRegion />
    </>
  )
}
