import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ok, type Outcome } from '../../contract/index.ts'
import { listLimits, readDomainList, type DomainList } from './list.ts'
import { processorTime } from '../../processor-time.fixture.ts'

const breathe = (): Promise<void> => Promise.resolve()
const encoder = new TextEncoder()

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Outcome<Uint8Array>> {
  for (let at = 0; at < bytes.length; at += size) yield ok(bytes.subarray(at, at + size))
  await breathe()
}

const read = (
  text: string | Uint8Array,
  limits = listLimits,
  size = 64 * 1024,
): Promise<Outcome<DomainList>> =>
  readDomainList(
    inPieces(typeof text === 'string' ? encoder.encode(text) : text, size),
    { now: performance.now.bind(performance), breathe },
    limits,
  )

const entry = (name: string, operator = 'Opérateur fictif'): string =>
  `<Domaine><Nom>${name}</Nom><Description>Fictif ${name}</Description><DNCertificatOperateur><CN>${operator}</CN>` +
  `<OU>0002 1</OU><O>${operator}</O><ST>Dept (75)</ST><C>FR</C></DNCertificatOperateur></Domaine>`
const list = (entries: string, date = '2026-11-20T03:00:00'): string =>
  `<?xml version="1.0" encoding="UTF-8"?><ListeBlanche xmlns="https://listeblanche.mssante.fr/schema">` +
  `<DateDeGeneration>${date}</DateDeGeneration>${entries}</ListeBlanche>`
const of = async (text: string | Uint8Array): Promise<DomainList> => {
  const outcome = await read(text)
  if (!outcome.ok) throw new Error(outcome.error.code)
  return outcome.value
}
const code = async (outcome: Promise<Outcome<unknown>>): Promise<string> => {
  const one = await outcome
  return one.ok ? 'ok' : one.error.code
}

describe('the list of domains', () => {
  it('is read with its date, its domains and who holds them', async () => {
    const found = await of(list(entry('medecin.mssante.fr') + entry('chu-fictif.mssante.fr', 'CHU fictif')))
    expect(found.generatedAt).toBe(Date.UTC(2026, 10, 20, 3))
    expect(found.domains.map(({ domain }) => domain)).toEqual(['medecin.mssante.fr', 'chu-fictif.mssante.fr'])
    expect(found.domains[1]?.operators).toEqual(['CHU fictif'])
    expect(found.operators).toBe(2)
  })

  it('has one entry for a domain that several operators hold', async () => {
    const found = await of(
      list(entry('A.mssante.fr', 'Un') + entry('a.mssante.fr', 'Deux') + entry('a.mssante.fr', 'Un')),
    )
    expect(found.domains).toHaveLength(1)
    expect(found.domains[0]?.operators).toEqual(['Un', 'Deux'])
  })

  it('writes other alphabets as DNS does, and shows them as written', async () => {
    const found = await of(list(entry('hôpital-fictif.mssante.fr')))
    expect(found.domains[0]).toMatchObject({
      domain: 'xn--hpital-fictif-plb.mssante.fr',
      shown: 'hôpital-fictif.mssante.fr',
    })
  })

  it('is read with a prefix, without a namespace, in another encoding, in the smallest pieces', async () => {
    const prefixed = list(entry('a.mssante.fr'))
      .replaceAll(/<(\/?)([A-Z])/g, '<$1lb:$2')
      .replace('xmlns=', 'xmlns:lb=')
    expect((await of(prefixed)).domains).toHaveLength(1)
    expect((await of(list(entry('a.mssante.fr')).replace(/ xmlns="[^"]*"/, ''))).domains).toHaveLength(1)
    const latin = Buffer.from(list(entry('santé.mssante.fr')).replace('UTF-8', 'ISO-8859-1'), 'latin1')
    expect((await of(latin)).domains[0]?.shown).toBe('santé.mssante.fr')
    const pieces = await read(list(entry('hôpital.mssante.fr')), listLimits, 1)
    expect(pieces.ok && pieces.value.domains[0]?.shown).toBe('hôpital.mssante.fr')
  })

  it('leaves out what is no domain, and counts it', async () => {
    const found = await of(
      list(
        entry('a.mssante.fr') + entry('') + entry('10.0.0.1') + entry('pas un domaine') + entry('localhost'),
      ),
    )
    expect(found).toMatchObject({ ignored: 4 })
    expect(found.domains).toHaveLength(1)
  })

  it('WL-CHECK: is refused whole when it is cut anywhere', async () => {
    const whole = list(entry('a.mssante.fr') + entry('b.mssante.fr'))
    for (let end = 0; end < whole.length; end += 7)
      expect(await code(read(whole.slice(0, end))), String(end)).not.toBe('ok')
  })

  it('WL-CHECK: refuses bombs of entities, other documents and empty lists', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>${list('').slice(38)}`
    expect(await code(read(bomb))).toBe('xml.forbidden')
    expect(await code(read('<!DOCTYPE html><html><body>Connexion au portail</body></html>'))).toBe(
      'xml.forbidden',
    )
    expect(await code(read('<html><body><p>Portail</p></body></html>'))).toBe('trust-space.malformed')
    expect(await code(read(list('')))).toBe('trust-space.empty')
    expect(await code(read(list(entry('?'))))).toBe('trust-space.empty')
    expect(await code(read(''))).toBe('xml.malformed')
    expect(await code(read(list(entry('a.mssante.fr')).replace('</Nom>', '')))).toBe('xml.malformed')
  })

  it('WL-CHECK: stops at its limits of size, depth, entries, text and time', async () => {
    const small = { bytes: 4000, depth: 6, entries: 3, text: 100, milliseconds: 1000 }
    expect(await code(read(list(entry('a.fr').repeat(4)), { ...small, bytes: 1e6 }))).toBe('xml.limit')
    expect(await code(read(list(' '.repeat(5000)), small))).toBe('xml.limit')
    expect(await code(read(list('<a>'.repeat(8) + '</a>'.repeat(8)), small))).toBe('xml.limit')
    expect(await code(read(list(entry('a'.repeat(101))), small))).toBe('xml.limit')
    let clock = 0
    const slow = readDomainList(
      inPieces(encoder.encode(list(entry('a.fr'))), 10),
      { now: () => (clock += 600), breathe },
      small,
    )
    expect(await code(slow)).toBe('xml.limit')
  })

  it('passes a failure of the line on, and keeps nothing', async () => {
    const broken = readDomainList(
      (async function* () {
        yield ok(encoder.encode(list(entry('a.mssante.fr')).slice(0, 200)))
        await breathe()
        yield { ok: false as const, error: { code: 'net.closed' as const, retry: 'later' as const } }
      })(),
      { now: () => 0, breathe },
    )
    expect(await code(broken)).toBe('net.closed')
  })

  it('never throws and never hangs, whatever comes', async () => {
    const pieces = [
      '<Domaine>',
      '<Nom>',
      'a.fr',
      '</Nom>',
      '</Domaine>',
      '<![CDATA[',
      ']]>',
      '<!--',
      '&#0;',
      '&lt;',
      '<?x',
      '\u0000',
      'é',
      '>',
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(fc.constantFrom(...pieces), { maxLength: 30 }).map((some) => list(some.join(''))),
          fc.string({ unit: 'binary', maxLength: 300 }),
        ),
        fc.integer({ min: 1, max: 50 }),
        async (text, size) => {
          const outcome = await read(text, listLimits, size)
          expect(outcome.ok || outcome.error.code !== undefined).toBe(true)
        },
      ),
      { numRuns: 300 },
    )
  })

  it('of 200,000 entries is read within seconds, without holding anybody up', async () => {
    const huge = list(
      Array.from({ length: 200_000 }, (_, index) => entry(`d${String(index)}.mssante.fr`)).join(''),
    )
    const turns: number[] = []
    let spent = processorTime()
    const outcome = await readDomainList(inPieces(encoder.encode(huge), 64 * 1024), {
      now: performance.now.bind(performance),
      breathe: () => {
        turns.push(spent())
        return new Promise((resolve) => {
          setImmediate(() => {
            spent = processorTime()
            resolve()
          })
        })
      },
    })
    expect(outcome.ok && outcome.value.domains.length).toBe(200_000)
    // The longest turns are the collector’s.
    expect(turns.toSorted((a, b) => a - b)[Math.floor(turns.length * 0.99)]).toBeLessThan(50)
  })
})
