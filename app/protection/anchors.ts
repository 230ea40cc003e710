import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { readAnchors } from '../smime/index.ts'

/** PEM of a DER certificate. */
export const pemOf = (der: Uint8Array): string => new X509Certificate(der).toString()

/**
 * DER of the CA certificates in the policy's files (PEM, DER, p7b). A file that cannot be read stops the start: half a
 * trust store would refuse servers without saying why. Throws with the file's path.
 */
export const readTrustAnchors = async (files: readonly string[]): Promise<Uint8Array[]> => {
  const anchors: Uint8Array[] = []
  for (const file of files) {
    const read = readAnchors(await readFile(file))
    if (!read.ok) throw new Error(`trust anchors of the policy cannot be read: ${file} (${read.error.code})`)
    anchors.push(...read.value)
  }
  return anchors
}

/** Intermediates that issued a certificate, nearest first: they travel with a signature, the root does not. */
export const issuersOf = (der: Uint8Array, anchors: readonly Uint8Array[]): Uint8Array[] => {
  const known = anchors.map((anchor) => ({ der: anchor, certificate: new X509Certificate(anchor) }))
  const chain: Uint8Array[] = []
  let current = new X509Certificate(der)
  while (chain.length < 4) {
    const issuer = known.find(({ certificate }) => current.checkIssued(certificate))
    if (!issuer || issuer.certificate.checkIssued(issuer.certificate)) break
    chain.push(issuer.der)
    current = issuer.certificate
  }
  return chain
}
