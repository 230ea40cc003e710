import { describe, expect, it } from 'vitest'
import type { AppError } from '../../contract/errors.ts'
import { failureKind, retryDelay } from './backoff.ts'

const network: AppError = { code: 'net.closed', retry: 'later' }
const busy: AppError = { code: 'imap.busy', retry: 'later' }
const jitter = (byte: number) => (length: number) => new Uint8Array(length).fill(byte)

describe('the wait after a failure', () => {
  it.each([
    [{ code: 'auth.failed', retry: 'after-login' }, 'auth'],
    [{ code: 'auth.login-required', retry: 'after-login' }, 'auth'],
    // The mailbox comes back by itself when the provider does (ECO.1.2.7).
    [{ code: 'auth.provider-unavailable', retry: 'later' }, 'network'],
    [{ code: 'auth.provider-unavailable', retry: 'after-change' }, 'auth'],
    [{ code: 'tls.expired', retry: 'after-change' }, 'policy'],
    [{ code: 'tls.starttls-missing', retry: 'after-change' }, 'policy'],
    [{ code: 'imap.quota', retry: 'after-change' }, 'policy'],
    [{ code: 'net.unreachable', retry: 'later' }, 'network'],
    [{ code: 'tls.handshake', retry: 'later' }, 'network'],
    [{ code: 'imap.busy', retry: 'later' }, 'busy'],
    [{ code: 'imap.failed', retry: 'no' }, 'refused'],
  ] as const)('knows the kind of %o', (error, kind) => {
    expect(failureKind(error)).toBe(kind)
    expect(retryDelay(error, 0, jitter(0)) === null).toBe(kind !== 'network' && kind !== 'busy')
  })

  it('doubles up to its bound, longer for a busy server than for a cut line', () => {
    const steps = (error: AppError) =>
      Array.from({ length: 12 }, (_, attempt) => retryDelay(error, attempt, jitter(127.5)) ?? 0)
    const [first = 0, second = 0] = steps(network)
    expect(second / first).toBeCloseTo(2, 1)
    expect(steps(network).at(-1)).toBeCloseTo(80_000, -3)
    expect(steps(busy)[0]).toBeCloseTo(30_000, -3)
    expect(steps(busy).at(-1)).toBeCloseTo(600_000, -4)
  })

  it('is spread by a quarter either way, so that workstations do not come back together', () => {
    expect(retryDelay(network, 0, jitter(0))).toBe(1500)
    expect(retryDelay(network, 0, jitter(255))).toBe(2500)
  })
})
