import { hostname, userInfo } from 'node:os'
import type { SessionState, SignInState } from './contract/index.ts'
import type { TraceAuthor } from './mssante/index.ts'

/** Account of the operating system and name of the workstation. */
export const workstationName = (): string => {
  const host = hostname()
  try {
    return `${userInfo().username}@${host}`
  } catch {
    // An account that the system does not know by name (a container).
    return host
  }
}

/** Who traces say did something: the professional of the card, else the one who signed in at Pro Santé Connect. */
export const authorOf = (
  state: SessionState,
  signedIn: SignInState['professional'],
  workstation: string,
): TraceAuthor | null => {
  if (state.phase !== 'open') return null
  const { holder, openedBy } = state
  const named = holder ?? signedIn
  return {
    professional: named ? { id: named.nationalId, name: `${named.givenName} ${named.familyName}` } : null,
    openedBy,
    workstation,
  }
}
