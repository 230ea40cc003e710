import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { issueCertificate, loadKeys, purposes } from '../../test/pki/index.ts'
import {
  startPatientRecord,
  type PatientRecord,
  type RecordAnswer,
} from '../../test/operator/patient-record.ts'
import { letterWith, mllpPlace, openRaw, reports, value } from './integration.fixture.ts'
import { readCdaFacts } from './cda-facts.ts'
import { writeMdm } from './mdm.ts'
import { sendMllp, tryMllp, type MllpPeer, type MllpResult } from './mllp.ts'

let message: Uint8Array
beforeAll(async () => {
  const mail = await openRaw(1, await letterWith([(await reports('mllp')).first], 'mllp'))
  const [document] = mail.documents
  if (!document) throw new Error('no document')
  message = value(
    writeMdm({
      action: 'new',
      controlId: 'C1',
      at: new Date(),
      place: mllpPlace(1),
      cda: value(readCdaFacts(document.bytes)),
      parent: null,
      bytes: document.bytes,
      mail: mail.mail,
      restrictions: [],
      restrictionsChanged: false,
    }),
  )
})

const never = new AbortController().signal
const peer = (port: number, change: Partial<MllpPeer> = {}): MllpPeer => ({
  place: mllpPlace(port, { answerSeconds: 1 }),
  anchors: [],
  client: null,
  ...change,
})

describe('a message over MLLP', { timeout: 90_000 }, () => {
  let record: PatientRecord
  beforeAll(async () => {
    record = await startPatientRecord()
  })
  afterAll(() => record.stop())
  const sent = async (answer: RecordAnswer): Promise<MllpResult> => {
    record.answers.push(answer)
    return await sendMllp(peer(record.port), message, 'C1', never)
  }

  it('is answered by who took it, and known by its control id', async () => {
    const result = await sent({ kind: 'accept' })
    expect(record.received.at(-1)?.problems).toEqual([])
    expect(result).toMatchObject({ kind: 'answered', ack: { code: 'AA', controlId: 'C1' } })
    expect(await sent({ kind: 'commit-then-accept' })).toMatchObject({
      kind: 'answered',
      ack: { code: 'AA' },
    })
    expect(await sent({ kind: 'refuse', code: 'AE', error: 207, application: 902 })).toMatchObject({
      kind: 'answered',
      ack: { code: 'AE', faults: [{ code: 902, location: 'PID-3' }] },
    })
  })

  it('has an unknown outcome when all of it left and no answer to it came', async () => {
    const cases: [RecordAnswer, string][] = [
      [{ kind: 'silence' }, 'net.timeout'],
      [{ kind: 'late', milliseconds: 1500 }, 'net.timeout'],
      [{ kind: 'garbage' }, 'hl7.malformed'],
      [{ kind: 'half-frame' }, 'net.closed'],
      [{ kind: 'wrong-control-id' }, 'hl7.wrong-answer'],
      [{ kind: 'flood' }, 'hl7.limit'],
      [{ kind: 'cut-before-answer' }, 'net.closed'],
    ]
    const results = await Promise.all(
      cases.map(async ([answer]) => {
        const own = await startPatientRecord()
        own.answers.push(answer)
        const result = await sendMllp(peer(own.port), message, 'C1', never)
        await own.stop()
        return result
      }),
    )
    for (const [index, [answer, code]] of cases.entries())
      expect(results[index], answer.kind).toMatchObject({ kind: 'unknown', error: { code } })
  })

  it('was not taken when its end never left', async () => {
    expect(await sendMllp(peer(1), message, 'C1', never)).toMatchObject({
      kind: 'not-sent',
      error: { code: 'net.unreachable' },
    })
    const closing = createServer((socket) => socket.resetAndDestroy())
    closing.listen(0, '127.0.0.1')
    await once(closing, 'listening')
    onTestFinished(() => void closing.close())
    const address = closing.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const large = Buffer.concat([message, Buffer.alloc(30 * 1024 * 1024, 'x')])
    expect(await sendMllp(peer(port), large, 'C1', never)).toMatchObject({ kind: 'not-sent' })
    expect(await sendMllp(peer(record.port), message, 'C1', AbortSignal.abort())).toMatchObject({
      kind: 'not-sent',
    })
  })
})

describe('a message over MLLP in TLS', { timeout: 90_000 }, () => {
  const now = new Date()
  const after = new Date(now.getTime() + 86_400_000)
  const before = new Date(now.getTime() - 86_400_000)
  /** An authority of this test, the receiver's certificate under it and a client's. */
  const authority = async () => {
    const keys = await loadKeys(['other authority', 'server', 'elementaire organisations'], now)
    const key = (name: string): string => keys.get(name) ?? ''
    const root = [[['CN', 'TEST AC DPI'] as const]]
    const made = (commonName: string, subjectKey: string, change: { dns?: string; to?: Date; ca?: true }) =>
      issueCertificate({
        subject: change.ca ? root : [[['CN', commonName]]],
        subjectKeyPem: key(subjectKey),
        issuer: root,
        issuerKeyPem: key('other authority'),
        notBefore: before,
        notAfter: change.to ?? after,
        ...(change.ca
          ? { authority: {}, keyUsage: ['keyCertSign'] as const }
          : {
              keyUsage: ['digitalSignature', 'keyEncipherment'] as const,
              extendedKeyUsage: [purposes.serverAuth, purposes.clientAuth],
            }),
        ...(change.dns === undefined ? {} : { alternativeNames: [{ dns: change.dns }] }),
      })
    const ca = made('', 'other authority', { ca: true })
    return {
      ca: ca.pem,
      server: (dns: string) => ({ cert: made('dpi', 'server', { dns }).pem, key: key('server') }),
      client: {
        chain: made('SousPli', 'elementaire organisations', {}).pem,
        key: key('elementaire organisations'),
      },
    }
  }
  const tls = (port: number, change: Partial<MllpPeer> = {}): MllpPeer =>
    peer(port, { place: mllpPlace(port, { host: 'localhost', tls: true, answerSeconds: 2 }), ...change })

  it('goes to a receiver of the authorities given alone, under its own name', async () => {
    const { ca, server } = await authority()
    const record = await startPatientRecord({ tls: server('localhost') })
    onTestFinished(() => record.stop())
    expect(await sendMllp(tls(record.port, { anchors: [ca] }), message, 'C1', never)).toMatchObject({
      kind: 'answered',
      ack: { code: 'AA' },
    })
    expect(await sendMllp(tls(record.port), message, 'C1', never)).toMatchObject({
      kind: 'not-sent',
      error: { code: 'tls.untrusted-authority' },
    })
    const elsewhere = await startPatientRecord({ tls: server('ailleurs.test') })
    onTestFinished(() => elsewhere.stop())
    const refused = await tryMllp(tls(elsewhere.port, { anchors: [ca] }), never)
    expect(refused.ok ? '' : refused.error.code).toBe('tls.host-mismatch')
  })

  it('shows the client certificate, and was not taken where it is wanted and missing', async () => {
    const { ca, server, client } = await authority()
    const record = await startPatientRecord({
      tls: { ...server('localhost'), ca, requestCert: true, rejectUnauthorized: true },
    })
    onTestFinished(() => record.stop())
    expect(await sendMllp(tls(record.port, { anchors: [ca], client }), message, 'C1', never)).toMatchObject({
      kind: 'answered',
    })
    expect(await sendMllp(tls(record.port, { anchors: [ca] }), message, 'C1', never)).toMatchObject({
      kind: 'not-sent',
      error: { code: 'tls.client-certificate-refused' },
    })
    expect(record.received).toHaveLength(1)
  })
})
