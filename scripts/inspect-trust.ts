import { fail } from '../app/contract/errors.ts'
import { createTrust, namedDerOf, type Trust } from '../app/smime/index.ts'
import { readInput, Unusable } from './inspect-input.ts'

/** Whom to trust, as `inspect message` and `inspect document` are told. */
export const trustOptions = {
  anchor: { type: 'string', multiple: true },
  intermediate: { type: 'string', multiple: true },
  crl: { type: 'string', multiple: true },
} as const

/** Everything of one kind in a file: PEM with any number of blocks, DER, or p7b. Throws `Unusable`. */
const allIn = (name: string, kind: 'certificate' | 'list'): Uint8Array[] => {
  const found = namedDerOf(name, readInput(name), kind)
  if (found.length === 0)
    throw new Unusable(`${name}: holds no ${kind === 'list' ? 'revocation list' : kind}`)
  return found.map(({ der }) => der)
}
const listsIn = (name: string): Uint8Array[] => allIn(name, 'list')

/** Certificates in the files named on the command line. Throws `Unusable`. */
export const certificatesIn = (names: readonly string[] = []): Uint8Array[] =>
  names.flatMap((name) => allIn(name, 'certificate'))

/** Trust in the authorities named on the command line alone; nothing is fetched. Throws `Unusable`. */
export const namedTrust = (
  values: { anchor?: string[] | undefined; crl?: string[] | undefined },
  now: Date,
): Trust =>
  createTrust({
    anchors: certificatesIn(values.anchor),
    environment: 'test',
    revocation: 'prefer',
    now: () => now.getTime(),
    fetch: () => Promise.resolve(fail('net.unreachable')),
    store: { get: () => Promise.resolve(null), put: () => Promise.resolve() },
    lists: (values.crl ?? []).flatMap(listsIn),
  })
