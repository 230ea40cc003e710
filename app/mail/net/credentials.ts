import type { Duplex } from 'node:stream'
import { ok, type Outcome } from '../../contract/errors.ts'
import type { PeerVerification } from './peer.ts'

/**
 * Who SASL EXTERNAL asks to be (RFC 4422 appendix A): the mailbox's address, or whoever the certificate names. `none`: no SASL at
 * all, the certificate is enough (an IMAP greeting PREAUTH, a submission server without AUTH).
 */
export type ExternalIdentity = 'address' | 'empty' | 'none'

/** The card, or the key of an organisation's certificate, proves who is there while TLS is set up. */
export interface CertificateProof {
  kind: 'card' | 'p12'
  /**
   * TLS with that key over a stream that is ready for it. The server is verified before the
   * key signs. Errors: card.*, tls.*, net.*, auth.other-card.
   */
  secure: (
    stream: Duplex,
    peer: { host: string; port: number; verifyServer: PeerVerification['verifyServer']; signal: AbortSignal },
  ) => Promise<Outcome<Duplex>>
  /** Gives up going on with earlier sessions of a server; false when there were none, or they were given up before. */
  startAfresh: (server: { host: string; port: number }) => boolean
}

/** A password; `user` when the name to log in with is not the mailbox's address, `once` when it dies with its first refusal. */
export interface PasswordProof {
  kind: 'password'
  password: string
  user?: string
  once?: boolean
}

/** A token, and the mechanisms that may carry it, best first. */
export interface TokenProof {
  kind: 'token'
  accessToken: string
  mechanisms?: readonly ('XOAUTH2' | 'OAUTHBEARER')[]
}

/** What proves who is there. */
export type Proof = PasswordProof | TokenProof | CertificateProof

/** Whom SASL EXTERNAL asks to be on either server, in order, until it takes one. */
export interface Identities {
  imapIdentities: readonly ExternalIdentity[]
  smtpIdentities: readonly ExternalIdentity[]
}

/** A proof, and for a certificate which mailbox is wanted. */
export type Credentials = Exclude<Proof, CertificateProof> | (CertificateProof & Identities)

/** Whether the proof was given while TLS was set up. */
export const isByCertificate = <P extends { kind: string }>(
  proof: P,
): proof is Extract<P, { kind: 'card' | 'p12' }> => proof.kind === 'card' || proof.kind === 'p12'

/** What to log in with; told which proof a server just refused, another one or `auth.login-required`. */
export type AskCredentials = (refused?: Credentials) => Promise<Outcome<Credentials>>

/** Credentials made of proofs. */
export const askWith =
  (prove: (refused?: Proof) => Promise<Outcome<Proof>>, identities: Identities): AskCredentials =>
  async (refused) => {
    const proof = await prove(refused)
    if (!proof.ok) return proof
    return ok(isByCertificate(proof.value) ? { ...proof.value, ...identities } : proof.value)
  }

/** What may have been replaced since it was given: asking again gives another one, or says that the user is wanted. */
const isRenewable = (proof: Proof | Credentials | undefined): boolean =>
  proof?.kind === 'token' || (proof?.kind === 'password' && proof.once === true)

/**
 * Logs in, and once more with a renewed token when the server refuses the one held: a session ended at the provider
 * looks like that (mssante-client.md §2). A refused password is not sent twice.
 */
export const loginWithRenewal = async <T>(
  credentials: AskCredentials,
  attempt: (ask: () => Promise<Outcome<Credentials>>) => Promise<Outcome<T>>,
): Promise<Outcome<T>> => {
  const used: Credentials[] = []
  const first = await attempt(async () => {
    const secret = await credentials()
    if (secret.ok) used.push(secret.value)
    return secret
  })
  const [refused] = used
  if (first.ok || first.error.code !== 'auth.failed' || !isRenewable(refused)) return first
  return await attempt(() => credentials(refused))
}
