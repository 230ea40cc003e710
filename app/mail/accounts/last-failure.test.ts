import { expect, it } from 'vitest'
import { createLastFailure } from './last-failure.ts'

it('forgets what a server failed of when it answers, a full disk only when work was done', () => {
  const failure = createLastFailure()
  failure.met({ code: 'net.unreachable', retry: 'later' })
  expect(failure.current()).toMatchObject({ code: 'net.unreachable', retry: 'later' })
  failure.answered()
  expect(failure.current()).toBeNull()
  failure.met({ code: 'vault.disk-full', retry: 'later' })
  failure.answered()
  expect(failure.current()).toMatchObject({ code: 'vault.disk-full' })
  failure.over()
  expect(failure.current()).toBeNull()
})

it('does not keep a login that is wanted: that is a state of its own', () => {
  const failure = createLastFailure()
  failure.met({ code: 'auth.login-required', retry: 'after-login' })
  expect(failure.current()).toBeNull()
})
