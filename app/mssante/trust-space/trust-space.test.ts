import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../../contract/index.ts'
import type { Vault } from '../../vault/index.ts'
import { createTrustSpace } from './trust-space.ts'

const day = 86_400_000
const clock = Date.UTC(2026, 5, 15)
const code = (outcome: Outcome<unknown>): string => (outcome.ok ? 'ok' : outcome.error.code)

const listOf = (domains: readonly string[], date: number | null): string =>
  `<ListeBlanche xmlns="https://listeblanche.mssante.fr/schema">${
    date === null ? '' : `<DateDeGeneration>${new Date(date).toISOString()}</DateDeGeneration>`
  }${domains.map((one) => `<Domaine><Nom>${one}</Nom></Domaine>`).join('')}</ListeBlanche>`
const some = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `structure-${String(index * 7919)}.mssante.fr`)

/** The few operations of the store that the trust space uses, in memory. */
const memoryVault = () => {
  let kept: Record<string, unknown> | null = null
  let domains: string[] = []
  let next: string[] = []
  const run = (name: string, params: Record<string, unknown>): unknown => {
    switch (name) {
      case 'trustSpace.load':
        return kept && { ...kept, domains: domains.length }
      case 'trustSpace.domains':
        return domains.filter((one) => one > String(params['after'])).slice(0, Number(params['limit']))
      case 'trustSpace.begin':
        next = []
        return undefined
      case 'trustSpace.add':
        next.push(...(params['domains'] as { domain: string }[]).map(({ domain }) => domain))
        return undefined
      case 'trustSpace.commit':
        domains = next.toSorted()
        kept = params
        return undefined
      default:
        return []
    }
  }
  return {
    run: async (name: string, params: Record<string, unknown>) => {
      await Promise.resolve()
      return ok(run(name, params))
    },
  } as unknown as Vault
}

const open = (vault = memoryVault()) => {
  let body: string | null = null
  let turns = 0
  const space = createTrustSpace({
    vault,
    policy: {},
    fetchList: () =>
      Promise.resolve(
        body === null
          ? fail('net.unreachable')
          : ok(
              (async function* (text: string) {
                for (let at = 0; at < text.length; at += 65_536) {
                  await Promise.resolve()
                  yield ok(Buffer.from(text.slice(at, at + 65_536)))
                }
              })(body),
            ),
      ),
    now: () => clock,
    monotonic: () => performance.now(),
    random: (length) => new Uint8Array(length),
    after: () => () => undefined,
    breathe: async () => {
      turns += 1
      await new Promise((resolve) => setImmediate(resolve))
    },
    emit: () => undefined,
    onFault: () => undefined,
  })
  return {
    space,
    turns: () => turns,
    publish: (domains: readonly string[] | null, date: number | null) =>
      (body = domains === null ? null : listOf(domains, date)),
  }
}

describe('the list of domains of this workstation', () => {
  it('stays when the next one has lost more than half of its domains, unless somebody says that this is right', async () => {
    const { space, publish } = open()
    await space.start()
    publish(some(100), clock - 2 * day)
    expect(code(await space.refresh())).toBe('ok')
    publish(some(10), clock - day)
    expect(await space.refresh()).toMatchObject({
      error: { code: 'trust-space.shrunk', details: { before: 100, after: 10 } },
    })
    expect(space.state()).toMatchObject({
      domains: 100,
      lastAttempt: { error: { code: 'trust-space.shrunk' } },
    })
    expect(space.classify('a@structure-79190.mssante.fr')).not.toBe('outside')
    expect(code(await space.importFile(Buffer.from(listOf(some(10), clock - day)), false))).toBe(
      'trust-space.shrunk',
    )
    publish(some(60), clock - day)
    expect(code(await space.refresh())).toBe('ok')
    publish(some(10), clock - day)
    expect(code(await space.refresh(true))).toBe('ok')
    expect(space.classify('a@structure-79190.mssante.fr')).toBe('outside')
    await space.stop()
  })

  it('never goes back, and is not kept out by a date that is still to come', async () => {
    const { space, publish } = open()
    await space.start()
    publish(some(10), clock + 3650 * day)
    expect(code(await space.refresh())).toBe('ok')
    expect(space.state().generatedAt).toBeNull()
    publish(some(11), clock - day)
    expect(code(await space.refresh())).toBe('ok')
    publish(some(12), clock - 2 * day)
    expect(code(await space.refresh())).toBe('trust-space.older')
    expect(space.state().domains).toBe(11)
    publish(null, null)
    expect(code(await space.refresh())).toBe('net.unreachable')
    expect(space.state().domains).toBe(11)
    await space.stop()
  })

  it('of 40,000 domains is taken, loaded and asked in slices', async () => {
    const vault = memoryVault()
    const first = open(vault)
    await first.space.start()
    first.publish(some(40_000), clock - day)
    expect(code(await first.space.refresh())).toBe('ok')
    await first.space.stop()
    const second = open(vault)
    await second.space.start()
    expect(second.space.state().domains).toBe(40_000)
    // 250 domains at a time: 150,000 once held everybody up for as long as it took.
    expect(second.turns()).toBeGreaterThanOrEqual(160)
    const before = second.turns()
    const warned = second.space.examine({ name: 'Jean', address: 'jean@structure-7919.mssante-fr.test' })
    expect(warned.map(({ kind }) => kind)).toEqual(['extra-label'])
    expect(second.turns()).toBe(before)
    await second.space.stop()
  }, 30_000)
})
