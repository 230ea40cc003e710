import { createHash } from 'node:crypto'
import { ok, type Outcome } from '../app/contract/errors.ts'

/** Opens stores that are not about how they open: as a card does, without the slow derivation of a passphrase’s key. */
export const vaultCard = {
  kind: 'card' as const,
  serial: '2900000000',
  label: 'TEST CPS',
  sign: (challenge: Uint8Array): Promise<Outcome<Uint8Array>> =>
    Promise.resolve(
      ok(new Uint8Array(createHash('shake256', { outputLength: 256 }).update(challenge).digest())),
    ),
}
