// @vitest-environment jsdom
import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AccountConnection, AuthKind, ErrorCode } from '../../app/contract/index.ts'
import { accountStore } from '../data/index.ts'
import { accounts } from '../testing/fixture-people.ts'
import { StateBanners } from './state-banners.tsx'

let root: Root
let host: HTMLElement

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  window.souspli = {
    invoke: () => Promise.resolve({ ok: false, error: { code: 'internal', retry: 'no' } }),
    on: () => 1,
    off: () => undefined,
    origins: { part: '', mail: '' },
  }
  host = document.body.appendChild(document.createElement('div'))
  root = createRoot(host)
})
afterEach(() => {
  act(() => root.unmount())
  accountStore.set([])
  document.body.replaceChildren()
  vi.unstubAllGlobals()
  delete window.souspli
})

const since = '2026-11-22T08:00:00Z'

/** The window while the connection of its one mailbox is this. */
const shown = async (connection: AccountConnection, auth: AuthKind = 'password'): Promise<string> => {
  accountStore.set(
    accounts(new Date(since))
      .slice(0, 1)
      .map((account) => ({ ...account, auth, connection })),
  )
  await act(async () => {
    root.render(<StateBanners onStorage={() => undefined} onKeys={() => undefined} />)
    await Promise.resolve()
  })
  return host.textContent
}

/** The same while the inbox is followed and the work behind it met this. */
const behind = (code: ErrorCode): Promise<string> =>
  shown({ state: 'online', since, syncedAt: since, trouble: { code, retry: 'later' } })

it('says of a server in trouble that new messages still arrive', async () => {
  const text = await behind('imap.busy')
  expect(text).toContain('Réception ralentie')
  expect(text).toContain('Les nouveaux messages arrivent')
})

it('says of a full disk what is safe and what to do, also when only the work behind the inbox met it', async () => {
  const text = await behind('vault.disk-full')
  expect(text).toContain('Le disque est plein.')
  expect(text).toContain('Les messages déjà reçus restent lisibles.')
  expect(text).toContain('Libérez de l’espace')
  expect(text).not.toContain('Les nouveaux messages arrivent')
})

it('keeps what a connection failed of in sight while it is tried again, until it is up', async () => {
  const error = { code: 'net.unreachable', retry: 'later' } as const
  const failed = await shown({ state: 'error', error, retryAt: null })
  expect(failed).toContain('Le serveur est injoignable.')
  expect(await shown({ state: 'connecting', after: error })).toBe(failed)
  expect(await shown({ state: 'online', since, syncedAt: since, trouble: null })).toBe('')
  expect(await shown({ state: 'connecting', after: null })).toBe('')
})

it('asks for nothing again while what was given is being tried', async () => {
  const error = { code: 'auth.failed', retry: 'after-login' } as const
  expect(await shown({ state: 'error', error, retryAt: null }, 'psc')).toContain('Reconnectez-vous')
  expect(await shown({ state: 'connecting', after: error }, 'psc')).toBe('')
})
