import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMessage } from './message.ts'
import { parseReport } from './report.ts'

const report = (lines: string[]) => {
  const parsed = parseMessage(Buffer.from(lines.join('\r\n')))
  return parsed.ok ? parseReport(parsed.value) : null
}
const patient = '190067511300117@patient.mssante.test'
const head = (more: string[] = []) => [
  'From: Mon espace sante <MAILER-DAEMON@patient.mssante.test>',
  'To: <anne@medecin.mssante.test>',
  'Subject: Undelivered Mail Returned to Sender',
  ...more,
  'Content-Type: text/plain; charset=utf-8',
  '',
]
const body = [
  'Message non distribué',
  '',
  `<${patient}> : patient introuvable.`,
  '',
  '----- Message original -----',
  'From: <anne@medecin.mssante.test>',
  `To: <${patient}>, <autre@medecin.mssante.test>`,
  'Message-ID: <sent-1@medecin.mssante.test>',
]

test('a plain returned mail names whom it failed for, before the quoted message, and what came back', () => {
  expect(report([...head(), ...body])).toMatchObject({
    kind: 'delivery',
    originalMessageId: '<sent-1@medecin.mssante.test>',
    outcomes: [
      {
        address: patient,
        outcome: 'failed',
        diagnostic: expect.stringContaining('patient introuvable') as string,
      },
    ],
  })
})

test('a person’s mail about it, another subject, or no Message-ID are no returned mail', () => {
  expect(report([...head().map((line) => line.replace('MAILER-DAEMON', 'paul')), ...body])).toBeNull()
  expect(
    report([...head().map((line) => line.replace(/^Subject:.*/, 'Subject: Bonjour')), ...body]),
  ).toBeNull()
  expect(report([...head(), ...body.filter((line) => !line.startsWith('Message-ID'))])).toBeNull()
})

test('of a patient’s address the readable part of a report is kept beside a diagnostic that says nothing', () => {
  const found = report([
    ...head().slice(0, 3),
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'La messagerie est fermee.',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx',
    '',
    `Final-Recipient: rfc822; ${patient}`,
    'Action: failed',
    'Diagnostic-Code: smtp; 550 5.0.0 rejected',
    '',
    '--b--',
  ])
  expect(found?.outcomes[0]?.diagnostic).toBe('550 5.0.0 rejected La messagerie est fermee.')
})

test('any text under such a head is read without harm', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      report([...head(), `Message-ID: <x@y>`, text])
    }),
    { numRuns: 50 },
  )
})
