import { useEffect } from 'react'
import { followCore } from '../data/index.ts'
import { ToastRegion } from '../design/index.ts'

/** The whole window: unlock, assistant or mailbox, whatever the session says. */
export const App = () => {
  useEffect(() => followCore(), [])
  return <ToastRegion />
}
