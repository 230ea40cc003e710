import type { Input, Method, Professional, SignInState } from '../../app/contract/index.ts'
import { reply, refuse, type FakePart, type FakeWorld } from './fake-world.ts'

/** Fictitious, as everybody here. */
const professional: Professional = {
  nationalId: '899700000101',
  rpps: '99700000101',
  familyName: 'MARTIN',
  givenName: 'Anne',
  professionCode: '10',
  organisation: 'Cabinet médical des Lilas',
  situations: [
    {
      organisation: 'Cabinet médical des Lilas',
      professionCode: '10',
      role: null,
      sector: 'SA07',
      mode: 'L',
    },
    { organisation: 'Hôpital des Lilas', professionCode: '10', role: '3', sector: 'SA01', mode: 'S' },
  ],
}

/** Pro Santé Connect and one-time codes: nobody ever answers elsewhere, so that a picture can be taken of the wait. */
export const fakeSignIn = ({ scenario, now, emit }: FakeWorld): FakePart => {
  const later = (minutes: number): string => new Date(now.getTime() + minutes * 60_000).toISOString()
  let state: SignInState = {
    ways: ['browser', 'mobile', 'card'],
    session: { state: 'closed', reason: 'start' },
    professional,
    awaySince: null,
    underWay: null,
    oneTimeCode: { digits: 6, asksUser: true, keepsPassword: true },
    ...scenario.signIn,
  }
  const change = (next: Partial<SignInState>): void => {
    state = { ...state, ...next }
    emit('signIn.changed', state)
  }
  return (method: Method, input: unknown) => {
    switch (method) {
      case 'accounts.discover':
        // The assistant's session is open by now; the fake one opens later.
        change({})
        return null
      case 'signIn.state':
        return reply(method, state)
      case 'signIn.start': {
        const { way } = input as Input<'signIn.start'>
        if (scenario.signInFails) return refuse(scenario.signInFails)
        change({
          underWay: {
            way,
            phase: 'waiting',
            bindingMessage: way === 'browser' ? null : '42',
            // From today's clock, as the window counts it.
            endsAt: new Date(Date.now() + 2 * 60_000 - 4000).toISOString(),
          },
        })
        // Shown for as long as it is under way, whatever is answered meanwhile.
        return refuse('auth.cancelled')
      }
      case 'signIn.cancel':
        change({ underWay: null })
        return reply(method, null)
      case 'signIn.signOut':
        change({ session: { state: 'closed', reason: 'signed-out' } })
        return reply(method, { told: true })
      case 'signIn.askCode':
        return (input as Input<'signIn.askCode'>).password === null
          ? refuse('auth.failed')
          : reply(method, { sentBy: 'sms', destination: '06 •• •• •• 42', digits: 6, endsAt: later(5) })
      case 'signIn.giveCode':
        return refuse('auth.code-wrong')
      default:
        return null
    }
  }
}
