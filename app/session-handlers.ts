import { ok, type CoreMethod, type Input, type Outcome, type Output } from './contract/index.ts'
import type { Session } from './session/index.ts'

type Method = Exclude<
  Extract<CoreMethod, `session.${string}`>,
  'session.inspectBackup' | 'session.restore' | 'session.rebuild'
>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> | Outcome<Output<M>> }

/** The calls of contract/session.ts. */
export const sessionHandlers = (session: Session): Handlers => ({
  'session.state': () => ok(session.state()),
  'session.createWithCard': session.createWithCard,
  'session.createWithPassphrase': ({ passphrase, beside }) =>
    session.createWithPassphrase(passphrase, beside === true),
  'session.openWithCard': session.openWithCard,
  'session.openWithPassphrase': ({ passphrase }) => session.openWithPassphrase(passphrase),
  'session.openWithRecovery': ({ code }) => session.openWithRecovery(code),
  'session.enrolCard': session.enrolCard,
  'session.switchTo': ({ serial }) => session.switchTo(serial),
  'session.lock': async ({ reason }) => {
    await session.lock(reason)
    return ok(null)
  },
})
