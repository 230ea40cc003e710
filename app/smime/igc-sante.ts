import { createHash } from 'node:crypto'

/**
 * SHA-256 of the nine authorities of IGC-Santé in production (cps-card.md §2.2: read from the `Coffre/` of the
 * Cryptolib CPS). Production trusts these and no others; the certificates come from the administrator's files or from
 * http://igc-sante.esante.gouv.fr/AC/Chaine_de_certification-IGC-Sante.p7b, and are known by these fingerprints.
 */
const pinned: ReadonlyMap<string, string> = new Map([
  ['2d9e22ca19f777c6b745257c723ecb8df3c35fa6f1f6ec36b83600c97346967f', 'AC RACINE IGC-SANTE ELEMENTAIRE'],
  ['5891815e864506c662afb32f8de5b8de38bffa1af721780b69e19a0c050386c3', 'AC RACINE IGC-SANTE STANDARD'],
  ['53d30a19570826bde0c0762501f1f1c7a659f976c6c023123df5239df34a4eea', 'AC RACINE IGC-SANTE FORT'],
  ['19c1eaeab477b6fbc233cda3b53fbdbc3f4e9bf6cf6973e46f7dfaef89c06c6c', 'AC IGC-SANTE ELEMENTAIRE PERSONNES'],
  [
    'd834ee5b40686b73573f60547bf6052c6d404d942a5665cdb2c0b9137b5d27b2',
    'AC IGC-SANTE ELEMENTAIRE ORGANISATIONS',
  ],
  ['6c339ebcb3e1b0102b143c9694225c2a4ab2ef6fedf7d364da8db305e7f7d997', 'AC IGC-SANTE STANDARD PERSONNES'],
  ['c0520a2b14fb68836a807bf86ab2b3e07d1b6061d91bc9c7b86a6f8de4b5638e', 'AC IGC-SANTE STANDARD ORGANISATIONS'],
  ['38284e4f6107456e70c7439c85da7d564d0fe1fe1a968c9eb6d43e1fc0d63c3a', 'AC IGC-SANTE FORT PERSONNES'],
  ['23f69674002d1dd4b018baecd908dc92687942bb48e5140ff895e2f56bc49c0d', 'AC IGC-SANTE FORT ORGANISATIONS'],
])

/** Whether a DER certificate is one of IGC-Santé's production authorities. */
export const isPinned = (der: Uint8Array): boolean =>
  pinned.has(createHash('sha256').update(der).digest('hex'))

/**
 * CN of the authority that must have issued an operator's server certificate: gamme Élémentaire, domaine Organisations
 * (ECO.1.1.10), unless the policy names another; undefined, any of the anchors, in a test environment alone.
 */
export const serverIssuerOf = (policy: {
  serverIssuer?: string | undefined
  environment?: 'production' | 'test' | undefined
}): string | undefined =>
  policy.serverIssuer ??
  (policy.environment === 'test' ? undefined : 'AC IGC-SANTE ELEMENTAIRE ORGANISATIONS')
