import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MessageRow } from '../../app/contract/index.ts'
import { encryptEntity } from '../../app/smime/index.ts'
import { people, startOperator, type Operator } from '../operator/index.ts'
import { addMailbox, openPractice, type Practice } from './practice.fixture.ts'

// Architecture §7.6: what was protected never leaves by a quote, and never mixes with what was not.
const { anne, paul } = people
const secret = 'sérologie du pangolin'

let operator: Operator
let practice: Practice

/** An encrypted entity as an attacker may have caught it on its way to Anne; fictitious. */
const caught = (entity: string): string => {
  const sealed = encryptEntity({
    entity: Buffer.from(entity),
    recipients: [new Uint8Array(operator.pki.software('anne').confidentiality.der)],
    random: (length) => new Uint8Array(randomBytes(length)),
  })
  if (!sealed.ok) throw new Error(sealed.error.code)
  return Buffer.from(sealed.value).toString('latin1')
}
const secretEntity = `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${secret}\r\n`

const receive = async (subject: string, entity: string): Promise<number> => {
  const headers = [
    `From: ${paul.address}`,
    `To: ${anne.address}`,
    `Subject: ${subject}`,
    'Date: Sat, 21 Nov 2026 10:00:00 +0100',
    `Message-ID: <${randomBytes(6).toString('hex')}@medecin.mssante.test>`,
    'MIME-Version: 1.0',
  ]
  const own = entity.replace(/^MIME-Version: 1\.0\r\n/im, '')
  await operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: Buffer.from(`${headers.join('\r\n')}\r\n${own}`, 'latin1'),
  })
  let row: MessageRow | undefined
  // The second row of a message, with its body's findings.
  await practice.until('mail.delta', ({ upserted }) => {
    row = upserted.find((one) => one.subject === subject) ?? row
    return row !== undefined
  })
  if (!row) throw new Error('never arrived')
  return row.id
}

const read = async (url: string | null): Promise<string> => {
  if (url === null) return ''
  const found = practice.core.findPart(url)
  const bytes = found.ok ? await found.value.read() : found
  if (!bytes.ok) throw new Error(bytes.error.code)
  return Buffer.from(bytes.value).toString()
}

/** Everything the window may fetch of a message as shown. */
const shown = async (id: number): Promise<string> => {
  const { body, parts } = await practice.call('messages.view', { id })
  const pieces = [await read(body.textUrl), await read(body.htmlUrl)]
  for (const { url } of parts) pieces.push(await read(url))
  return pieces.join('\n')
}

const mixed = (...parts: string[]): string =>
  [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    ...parts.flatMap((part) => ['--b', part]),
    '--b--',
    '',
  ].join('\r\n')

beforeAll(async () => {
  operator = await startOperator()
  practice = await openPractice(operator.policy)
  await practice.call('session.createWithPassphrase', { passphrase: 'la salle d’attente est pleine' })
  const software = operator.pki.software('anne')
  await practice.core.upload({
    uploadId: 'p12',
    index: 0,
    bytes: new Uint8Array(software.confidentiality.p12),
    last: true,
  })
  await practice.call('keys.importP12', { uploadId: 'p12', passphrase: software.passphrase })
  await addMailbox(practice, anne)
})
afterAll(async () => {
  await practice.stop()
  await operator.stop()
})

describe('an encrypted message', () => {
  it('is read, and answered encrypted unless the user says otherwise', async () => {
    const id = await receive('Confidentiel', caught(secretEntity))
    await expect.poll(() => shown(id).catch(() => '')).toContain(secret)
    for (const kind of ['reply', 'reply-all', 'forward'] as const) {
      const { content } = await practice.call('drafts.create', { kind, accountId: null, sourceId: id })
      expect(content.text).toContain(secret)
      expect(content.encrypt, kind).toBe(true)
    }
  })

  it('is not opened when somebody hangs it into another message', async () => {
    for (const [subject, wrap] of [
      [
        'Piège à côté',
        (sealed: string) => mixed('Content-Type: text/plain\r\n\r\nBonjour, répondez-moi.', sealed),
      ],
      [
        'Piège dans une image',
        (sealed: string) =>
          mixed(
            'Content-Type: text/html\r\n\r\n<p>Bonjour</p><img src="http://exemple.test/',
            sealed,
            'Content-Type: text/html\r\n\r\n">',
          ),
      ],
      [
        'Piège transféré',
        (sealed: string) =>
          mixed('Content-Type: text/plain\r\n\r\nBonjour', `Content-Type: message/rfc822\r\n\r\n${sealed}`),
      ],
    ] as const) {
      const id = await receive(subject, wrap(caught(secretEntity)))
      await expect.poll(() => shown(id).catch(() => '')).toContain('Bonjour')
      expect(await shown(id), subject).not.toContain(secret)
      for (const kind of ['reply', 'forward'] as const) {
        const { content } = await practice.call('drafts.create', { kind, accountId: null, sourceId: id })
        expect(content.text + (content.html ?? ''), subject).not.toContain(secret)
      }
    }
  })
})
