import type { Diagnosis, DiagnosisLine } from '../../app/contract/index.ts'
import { reply, type FakePart, type FakeWorld } from './fake-world.ts'

const card = { reader: 'Gemalto PC Twin Reader 00', kind: 'CPS3v3', model: 'IAS ECC', serial: '••••••••01' }
const dates = { from: '2025-03-02T00:00:00.000Z', until: '2028-03-01T23:59:59.000Z', days: 829 }
const authority = 'TEST AC IGC-SANTE FORT PERSONNES'
const server = { host: 'imap.operateur.mssante.test', port: 143 }

const common: DiagnosisLine[] = [
  {
    area: 'program',
    code: 'program-versions',
    details: { version: '0.1.0', platform: 'linux', arch: 'x64', node: '24.21.0' },
  },
  { area: 'program', code: 'key-store-works', details: {} },
  { area: 'program', code: 'card-tls-ready', details: {} },
]
const store: DiagnosisLine[] = [
  { area: 'store', code: 'store-present', details: { count: 2 } },
  { area: 'store', code: 'store-sound', details: { at: '2026-11-20T06:12:00.000Z' } },
]

const healthy: DiagnosisLine[] = [
  ...common,
  {
    area: 'module',
    code: 'module-architecture',
    details: { path: '/usr/lib64/libcps3_pkcs11_lux.so', file: 'x64', process: 'x64' },
  },
  {
    area: 'module',
    code: 'module-loaded',
    details: {
      path: '/usr/lib64/libcps3_pkcs11_lux.so',
      version: '3.1',
      least: '3.1',
      description: 'ANS CPS3 PKCS#11 LINUX',
    },
  },
  { area: 'readers', code: 'reader-found', details: { reader: card.reader, pinPad: 'no' } },
  { area: 'card', code: 'card-open', details: card },
  ...(['authentication', 'signature'] as const).flatMap((purpose): DiagnosisLine[] => [
    { area: 'certificates', code: 'certificate-valid', details: { purpose, ...dates } },
    { area: 'certificates', code: 'chain-trusted', details: { purpose, authority, length: 2 } },
    { area: 'certificates', code: 'revocation-good', details: { purpose } },
  ]),
  { area: 'revocation', code: 'revocation-answered', details: { kind: 'crl', host: 'igc-sante.test' } },
  { area: 'revocation', code: 'revocation-answered', details: { kind: 'ocsp', host: 'ocsp.igc-sante.test' } },
  {
    area: 'clock',
    code: 'clock-right',
    details: { seconds: 1, direction: 'ahead', host: 'igc-sante.test' },
  },
  {
    area: 'servers',
    code: 'server-ready',
    details: { ...server, service: 'imap', milliseconds: 84 },
  },
  {
    area: 'servers',
    code: 'server-ready',
    details: { service: 'smtp', host: 'smtp.operateur.mssante.test', port: 587, milliseconds: 91 },
  },
  ...store,
  { area: 'store', code: 'disk-room', details: { free: 88 * 1024 ** 3 } },
]

const ailing: DiagnosisLine[] = [
  ...common,
  {
    area: 'module',
    code: 'module-other-architecture',
    details: { path: '~/cps/libcps3_pkcs11.so', file: 'ia32', process: 'x64' },
  },
  { area: 'readers', code: 'readers-unknown', details: {} },
  { area: 'card', code: 'card-unread', details: {} },
  { area: 'certificates', code: 'certificates-unread', details: {} },
  {
    area: 'certificates',
    code: 'certificate-expiring',
    details: { ...dates, purpose: 'signature', until: '2026-12-24T23:59:59.000Z', days: 32 },
  },
  {
    area: 'revocation',
    code: 'revocation-silent',
    details: { kind: 'crl', host: 'igc-sante.test', reason: 'net.timeout' },
  },
  {
    area: 'clock',
    code: 'clock-wrong',
    details: { seconds: 5400, direction: 'behind', host: 'psc.test' },
  },
  {
    area: 'servers',
    code: 'server-untrusted',
    details: { ...server, service: 'imap', reason: 'tls.untrusted-authority' },
  },
  ...store,
  { area: 'store', code: 'disk-low', details: { free: 512 * 1024 ** 2 } },
]

/** « Diagnostic du poste ». */
export const fakeDiagnosis = ({ scenario, now }: FakeWorld): FakePart => {
  const diagnosis: Diagnosis = {
    at: now.toISOString(),
    running: false,
    lines: scenario.ailing ? ailing : healthy,
  }
  return (method) => (method === 'diagnosis.run' ? reply(method, diagnosis) : null)
}
