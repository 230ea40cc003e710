import type { JudgedSignature, MessageView } from '../../../app/contract/index.ts'

export const certificate = {
  fingerprint: '3fa81c'.repeat(11).slice(0, 64),
  subject: 'CN=899700000202, SN=BERNARD, G=Paul, T=Médecin, O=ASIP-SANTE, C=FR',
  issuer: 'CN=TEST AC IGC-SANTE ELEMENTAIRE PERSONNES, O=ASIP-SANTE, C=FR',
  serial: '1a2b3c4d5e6f',
  notBefore: '2025-01-10T00:00:00Z',
  notAfter: '2028-01-10T00:00:00Z',
  emails: [],
  nationalId: '899700000202',
  profession: 'Médecin',
}

export const authority = {
  ...certificate,
  fingerprint: 'ac',
  subject: 'CN=TEST AC IGC-SANTE ELEMENTAIRE PERSONNES, O=ASIP-SANTE, C=FR',
  notAfter: '2033-06-25T00:00:00Z',
}
const mailboxCertificate = {
  ...certificate,
  subject: 'CN=resultats@bioval.mssante.test, O=Laboratoire BioVal Démo, C=FR',
  emails: ['resultats@bioval.mssante.test'],
  nationalId: null,
  profession: null,
}

/** A verdict; valid unless said otherwise. */
export const judged = (more: Partial<JudgedSignature> = {}): JudgedSignature => ({
  status: 'valid',
  reasons: [],
  notices: [],
  signer: mailboxCertificate,
  signerName: 'Laboratoire BioVal Démo',
  signedAt: '2026-11-22T08:30:00Z',
  binding: 'certificate',
  scope: 'message',
  revocation: 'good',
  revocationAsOf: '2026-11-22T06:00:00Z',
  chain: [mailboxCertificate, authority],
  pathProblem: null,
  algorithm: 'RSA PKCS#1 v1.5, SHA-256',
  ...more,
})

/** The letter under each verdict; null for a state that is not one of these. */
export const securityView = (state: string, letter: MessageView): MessageView | null => {
  switch (state) {
    case 'forged':
      return {
        ...letter,
        parts: [],
        signature: judged({
          status: 'invalid',
          reasons: ['content-altered', 'expired'],
          notices: ['mailing-list', 'altered-by-footer'],
          signer: certificate,
          signerName: 'Paul BERNARD',
          pathProblem: 'expired',
        }),
      }
    case 'impostor':
    case 'impostor-details':
      return {
        ...letter,
        parts: [],
        signature: judged({
          status: 'unbound',
          reasons: ['address-mismatch', 'protected-from-differs'],
          notices: ['headers-changed'],
          signerName: 'Ève FICTIVE',
          binding: 'none',
        }),
        headerProtection: {
          kind: 'rfc9788',
          subject: 'Objet signé par Ève',
          differences: [
            { field: 'subject', outer: letter.row.subject, inner: 'Objet signé par Ève' },
            { field: 'from', outer: letter.from.address, inner: 'eve@exemple.test' },
          ],
          hidden: [],
        },
      }
    case 'footer':
      return {
        ...letter,
        parts: letter.parts.slice(0, 2).map((part, index) => ({ ...part, outsideSignature: index === 1 })),
        body: {
          ...letter.body,
          sections: [
            { textUrl: 'souspli-part://demo/letter.txt', htmlUrl: null, verdictPath: '1' },
            { textUrl: 'souspli-part://demo/footer.txt', htmlUrl: null, verdictPath: null },
          ],
        },
        signature: judged({
          status: 'partial',
          reasons: ['outside-signature'],
          notices: ['footer-added'],
          scope: 'part',
        }),
        partVerdicts: [
          { path: '1', forwardedFrom: null, signature: judged({ scope: 'part' }), encrypted: false },
          { path: '3', forwardedFrom: 'lea@medecin.mssante.test', signature: judged(), encrypted: false },
        ],
      }
    case 'exposed':
      return {
        ...letter,
        parts: [],
        signature: { status: 'none' },
        encryption: {
          status: 'decrypted',
          algorithm: 'AES-256-CBC',
          keyAlgorithm: 'RSA PKCS#1 v1.5',
          authenticated: false,
          integrityProtected: false,
          weak: false,
        },
      }
    case 'expired':
      return {
        ...letter,
        parts: [],
        signature: judged({
          status: 'untrusted',
          reasons: ['expired', 'weak-algorithm'],
          pathProblem: 'expired',
        }),
      }
    default:
      return null
  }
}
