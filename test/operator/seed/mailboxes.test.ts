import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import forge from 'node-forge'
import PostalMime from 'postal-mime'
import { beforeAll, describe, expect, it } from 'vitest'
import yauzl from 'yauzl'
import {
  generateMailboxes,
  landmarks,
  seededWords,
  signEntity,
  type SeededMailbox,
  type SigningIdentity,
} from './index.ts'

const now = new Date('2026-11-22T15:30:00Z')

function selfSigned(): SigningIdentity {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(
    pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  )
  certificate.serialNumber = '01'
  certificate.validity.notBefore = new Date('2020-01-01')
  certificate.validity.notAfter = new Date('2040-01-01')
  const name = [{ name: 'commonName', value: 'Signataire de test' }]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([{ name: 'keyUsage', digitalSignature: true, nonRepudiation: true }])
  certificate.sign(forge.pki.privateKeyFromPem(key), forge.md.sha256.create())
  return { certificate: forge.pki.certificateToPem(certificate), key, chain: [] }
}

/** Verifies with OpenSSL, which every Debian has; gives its exit as a word. */
function opensslVerdict(raw: Buffer, identity: SigningIdentity): 'valid' | 'invalid' {
  const folder = mkdtempSync(join(tmpdir(), 'souspli-seed-'))
  try {
    writeFileSync(join(folder, 'mail.eml'), raw)
    writeFileSync(join(folder, 'ca.pem'), identity.certificate)
    try {
      execFileSync(
        'openssl',
        ['cms', '-verify', '-in', 'mail.eml', '-CAfile', 'ca.pem', '-purpose', 'any', '-out', 'out'],
        {
          cwd: folder,
          stdio: 'pipe',
        },
      )
      return 'valid'
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new Error('openssl is missing: apt-get install openssl')
      return 'invalid'
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const identity = selfSigned()
const signer = (_: string, entity: Buffer): Buffer => signEntity(entity, identity, now)

let boxes: SeededMailbox[] = []
let processorMilliseconds = 0
beforeAll(async () => {
  const start = process.cpuUsage()
  boxes = await generateMailboxes({ seed: 2026, now, signer })
  const used = process.cpuUsage(start)
  processorMilliseconds = (used.user + used.system) / 1000
})

function folder(person: SeededMailbox['person'], name: SeededMailbox['folder']): SeededMailbox {
  const found = boxes.find((box) => box.person === person && box.folder === name)
  if (found === undefined) throw new Error(`${person} has no ${name}`)
  return found
}

async function unzippedText(bytes: Buffer): Promise<string> {
  const zip = await yauzl.fromBufferPromise(bytes)
  let text = ''
  for await (const entry of zip.eachEntry()) {
    for await (const chunk of await zip.openReadStreamPromise(entry))
      text += (chunk as Buffer).toString('latin1')
  }
  // Chunks may cut a character: gather bytes first, decode once.
  return Buffer.from(text, 'latin1').toString('utf8')
}

function rawOf(messageId: string): Buffer {
  const found = folder('anne', 'INBOX').messages.find((m) => m.raw.includes(`Message-ID: ${messageId}\r\n`))
  if (found === undefined) throw new Error(messageId)
  return found.raw
}

describe('generateMailboxes', () => {
  it('fills every mailbox within four seconds of processor time', () => {
    const counts = Object.fromEntries(
      boxes.map((box) => [`${box.person} ${box.folder}`, box.messages.length]),
    )
    expect(counts).toMatchObject({
      'anne INBOX': 320,
      'anne Sent': 60,
      'anne Archive': 40,
      'paul INBOX': 34,
      'secretary INBOX': 30,
    })
    expect(processorMilliseconds).toBeLessThan(4000)
  })

  it('puts the landmarks on top, newest first, nothing in the future', async () => {
    const newest = folder('anne', 'INBOX').messages.slice(0, 4)
    const subjects = []
    for (const message of newest) subjects.push((await PostalMime.parse(message.raw)).subject)
    expect(subjects).toEqual([
      landmarks.potassium.subject,
      landmarks.consultation.subject,
      landmarks.patientReply.subject,
      landmarks.imaging.subject,
    ])
    expect(newest[0]?.date.toISOString()).toBe('2026-11-22T08:31:00.000Z')
    for (const box of boxes) {
      const times = box.messages.map((m) => m.date.getTime())
      expect(times).toEqual([...times].sort((a, b) => b - a))
      expect(times[0]).toBeLessThanOrEqual(now.getTime())
    }
  })

  it('takes the day before when 09:31 is still to come', async () => {
    const early = await generateMailboxes({
      seed: 1,
      now: new Date('2026-11-22T03:00:00Z'),
      messageCount: 20,
    })
    expect(early[0]?.messages[0]?.date.toISOString()).toBe('2026-11-21T08:31:00.000Z')
  })

  it('gives the same bytes for the same seed, other ones for another', async () => {
    const options = { now, messageCount: 120, signer }
    const bytes = async (seed: number): Promise<Buffer> =>
      Buffer.concat(
        (await generateMailboxes({ seed, ...options })).flatMap((box) => box.messages.map((m) => m.raw)),
      )
    const one = await bytes(5)
    expect((await bytes(5)).equals(one)).toBe(true)
    expect((await bytes(6)).equals(one)).toBe(false)
  })

  it('writes messages that a MIME reader understands', async () => {
    for (const box of boxes) {
      for (const { raw } of box.messages) {
        if (raw.length > 5_000_000) continue
        const parsed = await PostalMime.parse(raw)
        expect(parsed.from?.address ?? parsed.headers.find((h) => h.key === 'from')?.value).toBeTruthy()
        expect(raw.toString('latin1').split('\r\n\r\n')[0]).not.toMatch(/[^\r]\n/)
      }
    }
  })

  it('carries names beyond ASCII in both encodings, and the document headers', async () => {
    const mail = await PostalMime.parse(rawOf(landmarks.emergency.messageId))
    expect(mail.attachments.map((a) => a.filename)).toEqual([
      'IHE_XDM.zip',
      expect.stringMatching(/_CR de passage aux urgences_PETIT_Hugo\.pdf$/),
    ])
    expect(mail.headers.filter((h) => h.key.startsWith('x-mss')).map((h) => h.value)).toEqual([
      '15507-7',
      'N',
      'DEMO0000',
    ])
    const photos = await PostalMime.parse(rawOf('<demo-pansement@infirmier.mssante.test>'))
    expect(photos.attachments.map((a) => a.filename)).toEqual(['plaie_1.jpg', 'plaie été 2.jpg'])
  })

  it('holds every specimen: two documents in one archive, receipts, failures, forwards, big and odd mail', () => {
    const inbox = folder('anne', 'INBOX').messages
    const count = (pattern: RegExp): number =>
      inbox.filter((m) => pattern.test(m.raw.subarray(0, 6000).toString('latin1'))).length
    expect(count(/^Subject: XDM\/1\.0\/DDM\+2 documents /m)).toBeGreaterThan(0)
    expect(count(/^X-MSS-CODECDA: 11490-0,57833-6/m)).toBeGreaterThan(0)
    expect(count(/report-type=disposition-notification/)).toBe(2)
    expect(count(/report-type=delivery-status/)).toBe(1)
    expect(count(/^Content-Type: message\/rfc822/m)).toBeGreaterThanOrEqual(2)
    expect(count(/^Disposition-Notification-To: /m)).toBeGreaterThan(20)
    expect(count(/^Content-Type: multipart\/signed/m)).toBeGreaterThan(10)
    expect(count(/^Content-Type: text\/plain; charset=windows-1252/m)).toBeGreaterThan(0)
    expect(inbox.filter((m) => m.raw.length > 8_000_000)).toHaveLength(3)
    expect(inbox.filter((m) => !/^Subject: /m.test(m.raw.subarray(0, 2000).toString('latin1')))).toHaveLength(
      1,
    )
    expect(
      inbox.filter((m) => !/^Message-ID: /m.test(m.raw.subarray(0, 4000).toString('latin1'))),
    ).toHaveLength(1)
  })

  it('has threads whose References lead to messages that exist', async () => {
    const ids = new Set<string>()
    const references: string[] = []
    for (const name of ['INBOX', 'Sent'] as const) {
      for (const { raw } of folder('anne', name).messages) {
        const head = raw.subarray(0, 8000).toString('latin1').split('\r\n\r\n')[0] ?? ''
        const id = /^Message-ID: (\S+)/m.exec(head)?.[1]
        if (id !== undefined) ids.add(id)
        const chain = /^References: ((?:\S+(?:\r\n )?)+)/m.exec(head)?.[1]
        if (head.includes('propos') || head.includes('=?UTF-8?B?UmU6'))
          references.push(...(chain?.split(/\s+/) ?? []))
      }
    }
    expect(references.length).toBeGreaterThan(10)
    expect(references.filter((id) => id !== '' && !ids.has(id))).toEqual([])
  })

  it('holds every seeded word in some decoded text or document', async () => {
    const left = new Set(seededWords)
    for (const { raw } of folder('anne', 'INBOX').messages.filter((m) => m.raw.length < 5_000_000)) {
      const mail = await PostalMime.parse(raw)
      let all = [mail.subject, mail.from?.address, mail.from?.name, mail.text, mail.html].join('\n')
      const zip = mail.attachments.find((a) => a.mimeType === 'application/zip')
      if (zip !== undefined) all += await unzippedText(Buffer.from(zip.content as ArrayBuffer))
      for (const word of left) if (all.includes(word)) left.delete(word)
    }
    expect([...left]).toEqual([])
  })

  it('names no host outside the test domains', async () => {
    let seen = 0
    for (const { raw } of boxes.flatMap((box) => box.messages).filter((m) => m.raw.length < 5_000_000)) {
      const mail = await PostalMime.parse(raw)
      for (const match of `${mail.html ?? ''} ${mail.text ?? ''}`.matchAll(/https?:\/\/([a-z0-9.-]+)/gi)) {
        seen += 1
        expect(match[1]).toMatch(/\.exemple\.test$/)
      }
    }
    expect(seen).toBeGreaterThan(20)
  })
})

describe('signEntity', () => {
  it('makes signatures that OpenSSL verifies, and the altered message fails', () => {
    expect(opensslVerdict(rawOf(landmarks.potassium.messageId), identity)).toBe('valid')
    expect(opensslVerdict(rawOf(landmarks.consultation.messageId), identity)).toBe('valid')
    expect(opensslVerdict(rawOf('<demo-altere@medecin.mssante.test>'), identity)).toBe('invalid')
  })
})
