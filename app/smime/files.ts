import type { SignatureStatus } from '../contract/verdict.ts'
import { oids } from './algorithms.ts'
import { readContentInfo } from './cms.ts'
import { judgeSignature, type JudgeContext } from './judgement.ts'
import { malformed } from './signed-entity.ts'
import { checkSignedData, type SignatureFinding } from './signed-data.ts'

/** What is known when the signature of a file is judged: nobody's address, since the signer need not be who sends it. */
export type FileJudgeContext = Omit<JudgeContext, 'fromAddresses' | 'directory'> & {
  /** DER of certificates that a signer may have left out. */
  known?: readonly Uint8Array[]
}

/**
 * Checks a signature that came beside the file it signs (CMS in DER or BER, `x.pdf.p7s`) against the bytes of that file. Never throws;
 * what cannot be read is `malformed`. Trusts nobody yet: see `judgeFile`.
 */
export const checkDetached = (cms: Uint8Array, file: Uint8Array): SignatureFinding => {
  const info = readContentInfo(cms)
  return info.ok && info.value.type === oids.signedData
    ? checkSignedData(info.value.content, file, 'part').finding
    : malformed
}

/** The verdict on the signature of a file, by the same function and the same table as that of a message (docs/smime.md). */
export const judgeFile = async (
  finding: SignatureFinding,
  { known = [], ...context }: FileJudgeContext,
): Promise<SignatureStatus> => {
  const whole =
    finding.kind === 'checked' ? { ...finding, candidates: [...finding.candidates, ...known] } : finding
  return (await judgeSignature(whole, 'file', null, { ...context, fromAddresses: [] })).status
}
