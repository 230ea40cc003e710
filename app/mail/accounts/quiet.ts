import type { ImapFlow } from 'imapflow'
import type { createBell } from './backoff.ts'
import { quietLook } from './pace.ts'

/**
 * A background connection without work waits here, until something rings or for `quietLook`. The library ends a connection outside
 * IDLE that is silent for `socketTimeout`, so one that is kept is asked something first. False when it is gone: nobody was waiting
 * for it, so nothing is wrong, and the next work opens another.
 */
export const waitQuietly = async (
  client: Pick<ImapFlow, 'usable' | 'noop'>,
  bell: Pick<ReturnType<typeof createBell>, 'wait'>,
): Promise<boolean> => {
  const rung = await bell.wait(quietLook)
  if (!rung && client.usable) await client.noop()
  return client.usable
}
