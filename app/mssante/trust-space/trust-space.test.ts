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

const open = (
  vault = memoryVault(),
  policy: Parameters<typeof createTrustSpace>[0]['policy'] = {},
  start = clock,
) => {
  let body: string | null = null
  let turns = 0
  let asked = 0
  let time = start
  let timer: { at: number; run: () => void } | null = null
  const space = createTrustSpace({
    vault,
    policy,
    fetchList: () => {
      asked += 1
      return Promise.resolve(
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
      )
    },
    now: () => time,
    monotonic: () => performance.now(),
    random: (length) => new Uint8Array(length),
    after: (milliseconds, run) => {
      timer = { at: time + milliseconds, run }
      return () => (timer = null)
    },
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
    asked: () => asked,
    /** Milliseconds until the list is asked for by itself; null when nothing is planned. */
    due: () => timer && timer.at - time,
    /** Lets time pass until then, and the answer come. */
    wait: async () => {
      const { at, run } = timer ?? { at: time, run: () => undefined }
      time = at
      timer = null
      run()
      await expect.poll(() => space.state().refreshing).toBe(false)
    },
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

  it('WL-CHECK: is asked for every day, soon again when that failed, and when it is due after a start', async () => {
    const vault = memoryVault()
    const { space, publish, asked, due, wait } = open(vault)
    await space.start()
    expect(due()).toBe(3_000)
    publish(null, null)
    await wait()
    expect(asked()).toBe(1)
    expect(due()).toBe(15 * 60_000)
    publish(some(10), clock)
    await wait()
    expect(space.state()).toMatchObject({ domains: 10, lastAttempt: { error: null } })
    expect(due()).toBe(day)
    publish(some(11), clock + day)
    await wait()
    expect([asked(), space.state().domains, due()]).toEqual([3, 11, day])
    await space.stop()
    expect(due()).toBeNull()
    // Half a day later it is due in the other half.
    const again = open(vault, {}, clock + 3_000 + 15 * 60_000 + day + day / 2)
    await again.space.start()
    expect(again.due()).toBe(day / 2)
    await again.space.stop()
    const often = open(memoryVault(), {
      trustSpaceList: { url: 'https://liste.test/x.xml', refreshHours: 6 },
    })
    await often.space.start()
    often.publish(some(10), clock)
    await often.wait()
    expect(often.due()).toBe(day / 4)
    await often.space.stop()
  })

  it('SEC-HOST: takes servers at or below its domains and below mssante.fr, and no others', async () => {
    const { space, publish } = open()
    const taken = (hosts: string[]) => hosts.filter((host) => space.allowsHost(host))
    const others = [
      'imap.ch-fictif.fr.evil.com',
      'evilch-fictif.fr',
      'evilmssante.fr',
      'mssante.fr.evil.com',
      'imap.gmail.com',
      'localhost',
      '192.0.2.1',
      'fr',
      '',
    ]
    await space.start()
    publish(['ch-fictif.fr', 'medecin.mssante.fr'], clock)
    expect(code(await space.refresh())).toBe('ok')
    const good = ['ch-fictif.fr', 'IMAP.ch-fictif.fr', 'a.b.ch-fictif.fr', 'imap.operateur.mssante.fr']
    expect(taken([...good, ...others])).toEqual(good)
    await space.stop()
    // A rule of the policy alone: mssante.fr is none of its domains.
    const ruled = open(memoryVault(), {
      trustSpace: { domains: ['.mss.test'], patientDomain: 'patient.mss.test' },
    })
    await ruled.space.start()
    expect(ruled.space.allowsHost('imap.mss.test')).toBe(true)
    expect(ruled.space.allowsHost('imap.operateur.mssante.fr')).toBe(false)
    expect(others.filter((host) => ruled.space.allowsHost(host))).toEqual([])
    await ruled.space.stop()
    const any = open(memoryVault(), { serverHosts: 'any' })
    expect(any.space.allowsHost('imap.gmail.com')).toBe(true)
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
  })
})
