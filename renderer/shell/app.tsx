import { useEffect } from 'react'
import { followCore, sessionStore, useStore } from '../data/index.ts'
import { ToastRegion } from '../design/index.ts'
import { useLanguage } from '../i18n/index.ts'
import { UnlockScreen } from '../unlock/index.ts'

/** The whole window: unlock, assistant or mailbox, whatever the session says. */
export const App = () => {
  useLanguage()
  useEffect(() => followCore(), [])
  const session = useStore(sessionStore)
  return (
    <>
      {session && session.phase !== 'no-vault' && session.phase !== 'open' ? (
        <UnlockScreen session={session} />
      ) : null}
      <ToastRegion />
    </>
  )
}
