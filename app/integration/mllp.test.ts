import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { issueCertificate, loadKeys, makeCrl, purposes } from '../../test/pki/index.ts'
import {
  startPatientRecord,
  type PatientRecord,
  type RecordAnswer,
} from '../../test/operator/patient-record.ts'
import { createResolver, type PeerVerification } from '../mail/index.ts'
import { createTrust } from '../smime/index.ts'
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
/** Chain and name under these authorities alone; everything else of a receiver is believed. */
const under = (...anchors: string[]): PeerVerification => ({
  resolver: createResolver(),
  anchors: () => anchors,
  verifyServer: () => Promise.resolve({ ok: true, value: null }),
})
const peer = (port: number, change: Partial<MllpPeer> = {}): MllpPeer => ({
  place: mllpPlace(port),
  verification: under(),
  client: null,
  ...change,
})

/** A receiver of the test's own making. */
const receiver = async (onSocket: (socket: Socket) => void): Promise<number> => {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const frame = (code: string, controlId = 'C1'): string =>
  `\u000bMSH|^~\\&|DPI|C|SOUSPLI|C|20261122100000||ACK^T02^ACK|A1|P|2.6\rMSA|${code}|${controlId}\r\u001c\r`

/** Answers once all of a message is there, piece by piece: each is its own packet; null ends the connection. */
const answering = (...pieces: (string | null)[]): Promise<number> =>
  receiver((socket) => {
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      if (!chunk.includes(0x1c)) return
      const next = (): void => {
        const one = pieces.shift()
        if (one === null) socket.end()
        else if (one !== undefined) socket.write(one, () => setTimeout(next, 2))
      }
      next()
    })
  })

describe('a message over MLLP', () => {
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
      [{ kind: 'late', milliseconds: 4000 }, 'net.timeout'],
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
        const hurried = peer(own.port, { place: mllpPlace(own.port, { answerSeconds: 2 }) })
        const result = await sendMllp(hurried, message, 'C1', never)
        await own.stop()
        return result
      }),
    )
    for (const [index, [answer, code]] of cases.entries())
      expect(results[index], answer.kind).toMatchObject({ kind: 'unknown', error: { code } })
  })

  it('is known by its answer among garbage and the answers to others, in any packets', async () => {
    const cases: [string, string[]][] = [
      ['byte by byte', [...frame('AA')]],
      ['another’s in the same packet', [frame('AE', 'AUTRE') + frame('AA')]],
      ['twice in one packet', [frame('AA') + frame('AE')]],
      ['after garbage', ['nonsense\u001c\r', `\u000b\u001c\r${frame('AA')}`]],
      ['after a block that was never ended', ['\u000bMSH|^~\\&|', frame('AA')]],
      ['after it was taken over', [frame('CA'), frame('AA')]],
    ]
    for (const [name, pieces] of cases)
      expect(await sendMllp(peer(await answering(...pieces)), message, 'C1', never), name).toMatchObject({
        kind: 'answered',
        ack: { code: 'AA', controlId: 'C1' },
      })
    for (const code of ['AE', 'AR', 'CE', 'CR'])
      expect(await sendMllp(peer(await answering(frame(code))), message, 'C1', never)).toMatchObject({
        kind: 'answered',
        ack: { code },
      })
  })

  it('that was only taken over (CA) has an unknown outcome, which says so', async () => {
    const port = await answering(frame('CA'), null)
    expect(await sendMllp(peer(port), message, 'C1', never)).toMatchObject({ kind: 'unknown', taken: true })
    const silent = await answering(null)
    expect(await sendMllp(peer(silent), message, 'C1', never)).toMatchObject({
      kind: 'unknown',
      taken: false,
    })
  })

  it('is given its time to leave: a slow receiver is waited for as long as it reads', async () => {
    const port = await receiver((socket) => {
      let read = 0
      let stops = 0
      socket.on('data', (chunk: Buffer) => {
        read += chunk.byteLength
        if (chunk.includes(0x1c)) socket.write(frame('AA'))
        if (read < (stops + 1) * 10 * 1024 * 1024) return
        stops += 1
        socket.pause()
        setTimeout(() => socket.resume(), 800)
      })
    })
    const large = Buffer.concat([message, Buffer.alloc(60 * 1024 * 1024, 'x')])
    const begun = Date.now()
    const slow = peer(port, { place: mllpPlace(port, { answerSeconds: 4 }) })
    expect(await sendMllp(slow, large, 'C1', never)).toMatchObject({ kind: 'answered' })
    expect(Date.now() - begun).toBeGreaterThan(4000)
  })

  it('is not believed to be there before its end has left', async () => {
    const port = await receiver((socket) => {
      socket.once('data', () => socket.write(frame('AA')))
      socket.on('data', (chunk: Buffer) => {
        if (chunk.includes(0x1c)) socket.end()
      })
    })
    const large = Buffer.concat([message, Buffer.alloc(20 * 1024 * 1024, 'x')])
    expect(await sendMllp(peer(port), large, 'C1', never)).toMatchObject({
      kind: 'unknown',
      error: { code: 'hl7.wrong-answer' },
    })
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

describe('a message over MLLP in TLS', () => {
  const now = new Date()
  const after = new Date(now.getTime() + 86_400_000)
  const before = new Date(now.getTime() - 86_400_000)
  /** An authority of this test, the receiver's certificate under it and a client's. */
  const authority = async () => {
    const keys = await loadKeys(['other authority', 'server', 'elementaire organisations'], now)
    const key = (name: string): string => keys.get(name) ?? ''
    const root = [[['CN', 'TEST AC DPI'] as const]]
    const made = (
      commonName: string,
      subjectKey: string,
      change: { dns?: string; ca?: true; crlUrl?: string | undefined },
    ) =>
      issueCertificate({
        subject: change.ca ? root : [[['CN', commonName]]],
        subjectKeyPem: key(subjectKey),
        issuer: root,
        issuerKeyPem: key('other authority'),
        notBefore: before,
        notAfter: after,
        ...(change.crlUrl === undefined ? {} : { crlUrl: change.crlUrl }),
        ...(change.ca
          ? { authority: {}, keyUsage: ['keyCertSign', 'cRLSign'] as const }
          : {
              keyUsage: ['digitalSignature', 'keyEncipherment'] as const,
              extendedKeyUsage: [purposes.serverAuth, purposes.clientAuth],
            }),
        ...(change.dns === undefined ? {} : { alternativeNames: [{ dns: change.dns }] }),
      })
    const ca = made('', 'other authority', { ca: true })
    return {
      ca,
      name: root,
      keyOf: key,
      server: (dns: string, crlUrl?: string) => {
        const { pem, serial } = made('dpi', 'server', { dns, crlUrl })
        return { cert: pem, key: key('server'), serial }
      },
      client: {
        chain: made('SousPli', 'elementaire organisations', {}).pem,
        key: key('elementaire organisations'),
      },
    }
  }
  const tls = (port: number, change: Partial<MllpPeer> = {}): MllpPeer =>
    peer(port, { place: mllpPlace(port, { host: 'localhost', tls: true }), ...change })

  it('goes to a receiver of the authorities given alone, under its own name', async () => {
    const { ca, server } = await authority()
    const record = await startPatientRecord({ tls: server('localhost') })
    onTestFinished(() => record.stop())
    expect(
      await sendMllp(tls(record.port, { verification: under(ca.pem) }), message, 'C1', never),
    ).toMatchObject({
      kind: 'answered',
      ack: { code: 'AA' },
    })
    expect(await sendMllp(tls(record.port), message, 'C1', never)).toMatchObject({
      kind: 'not-sent',
      error: { code: 'tls.untrusted-authority' },
    })
    const elsewhere = await startPatientRecord({ tls: server('ailleurs.test') })
    onTestFinished(() => elsewhere.stop())
    const refused = await tryMllp(tls(elsewhere.port, { verification: under(ca.pem) }), never)
    expect(refused.ok ? '' : refused.error.code).toBe('tls.host-mismatch')
  })

  it('goes to nobody whose certificate was revoked, before a byte is sent', async () => {
    const { ca, server, keyOf, name } = await authority()
    const own = server('localhost', 'http://dpi.test/ac.crl')
    const record = await startPatientRecord({ tls: own })
    onTestFinished(() => record.stop())
    const revoking = (revoked: boolean): PeerVerification => {
      const trust = createTrust({
        anchors: [new Uint8Array(ca.der)],
        environment: 'test',
        authorities: 'any',
        revocation: 'require',
        now: () => now.getTime(),
        store: { get: () => Promise.resolve(null), put: () => Promise.resolve() },
        fetch: (url) => {
          const lists = { name, keyPem: keyOf('other authority'), issued: new Set<string>() }
          const crl = makeCrl({ ...lists, revoked: new Map(revoked ? [[own.serial, before]] : []) }, now, 1)
          return Promise.resolve(
            url === 'http://dpi.test/ac.crl'
              ? { ok: true, value: new Uint8Array(crl) }
              : { ok: false, error: { code: 'net.unreachable', retry: 'later' } },
          )
        },
      })
      return { ...under(ca.pem), verifyServer: (to) => trust.verifyServer(to) }
    }
    const send = (verification: PeerVerification) =>
      sendMllp(tls(record.port, { verification }), message, 'C1', never)
    expect(await send(revoking(true))).toMatchObject({ kind: 'not-sent', error: { code: 'tls.revoked' } })
    expect(record.received).toHaveLength(0)
    expect(await send(revoking(false))).toMatchObject({ kind: 'answered' })
  })

  it('has an unknown outcome when TLS breaks after all of it left: it may be there', async () => {
    const { ca, server } = await authority()
    let line: Socket | null = null
    const record = await startPatientRecord({ tls: server('localhost') })
    onTestFinished(() => record.stop())
    record.answers.push({ kind: 'silence' })
    const port = await receiver((socket) => {
      line = socket
      const onward = connect({ host: '127.0.0.1', port: record.port })
      onward.on('error', () => undefined)
      socket.pipe(onward).pipe(socket, { end: false })
      socket.on('close', () => onward.destroy())
    })
    const sending = sendMllp(tls(port, { verification: under(ca.pem) }), message, 'C1', never)
    await record.next()
    const broken = line as Socket | null
    broken?.write('This is no record of TLS.')
    expect(await sending).toMatchObject({ kind: 'unknown' })
  })

  it('shows the client certificate, and was not taken where it is wanted and missing', async () => {
    const { ca, server, client } = await authority()
    const record = await startPatientRecord({
      tls: { ...server('localhost'), ca: ca.pem, requestCert: true, rejectUnauthorized: true },
    })
    onTestFinished(() => record.stop())
    expect(
      await sendMllp(tls(record.port, { verification: under(ca.pem), client }), message, 'C1', never),
    ).toMatchObject({
      kind: 'answered',
    })
    expect(
      await sendMllp(tls(record.port, { verification: under(ca.pem) }), message, 'C1', never),
    ).toMatchObject({
      kind: 'not-sent',
      error: { code: 'tls.client-certificate-refused' },
    })
    expect(record.received).toHaveLength(1)
  })
})
