/** Certificates, CRLs and OCSP answers of test authorities that imitate IGC-Santé: for the operator and the virtual cards. */
export { issueCertificate, purposes, toPkcs12 } from './certificate.ts'
export type { Certificate, CertificateRequest, Name } from './certificate.ts'
export { loadKeys, makeKey } from './key-cache.ts'
export { answerOcsp, makeCrl } from './revocation.ts'
