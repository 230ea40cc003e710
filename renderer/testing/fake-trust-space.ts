import type { Input, TrustSpaceState } from '../../app/contract/index.ts'
import { refuse, reply, type FakePart, type FakeWorld } from './fake-world.ts'

/** The list of the trust space, fresh or never come. */
export const fakeTrustSpace = ({ scenario, now, emit }: FakeWorld): FakePart => {
  const before = (hours: number): string => new Date(now.getTime() - hours * 3_600_000).toISOString()
  const url = 'https://espacedeconfiance.mssante.test/listeblanchemssante.xml'
  let state: TrustSpaceState =
    scenario.session === 'no-vault'
      ? {
          source: 'builtin',
          generatedAt: null,
          fetchedAt: null,
          domains: 0,
          operators: 0,
          ignored: 0,
          lastAttempt: null,
          rule: ['.mssante.test'],
          patientDomain: 'patient.mssante.test',
          url,
          refreshing: false,
        }
      : {
          source: 'server',
          generatedAt: before(31),
          fetchedAt: before(5),
          domains: 5018,
          operators: 321,
          ignored: 0,
          lastAttempt: {
            at: before(0.2),
            error: {
              code: 'net.unreachable',
              retry: 'later',
              details: { host: 'espacedeconfiance.mssante.test' },
            },
          },
          rule: ['.mssante.test'],
          patientDomain: 'patient.mssante.test',
          url,
          refreshing: false,
        }
  const known = [
    {
      domain: 'medecin.mssante.test',
      shown: 'medecin.mssante.test',
      description: 'Médecins',
      operators: ['Opérateur fictif'],
    },
    {
      domain: 'xn--hpital-lilas-ejb.mssante.test',
      shown: 'hôpital-lilas.mssante.test',
      description: 'Hôpital des Lilas',
      operators: ['GIE fictif', 'Opérateur fictif'],
    },
  ]
  return (method, input) => {
    switch (method) {
      case 'trustSpace.state':
        return reply(method, state)
      case 'trustSpace.refresh':
      case 'trustSpace.import':
        state = {
          ...state,
          fetchedAt: now.toISOString(),
          lastAttempt: { at: now.toISOString(), error: null },
        }
        emit('trustSpace.changed', state)
        return reply(method, state)
      case 'trustSpace.search': {
        const { text } = input as Input<'trustSpace.search'>
        return text === 'panne'
          ? refuse('core.unavailable')
          : reply(
              method,
              known.filter((one) => one.shown.includes(text)),
            )
      }
      default:
        return null
    }
  }
}
