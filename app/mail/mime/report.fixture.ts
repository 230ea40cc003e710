import { value } from '../outcome.fixture.ts'
import { parseMessage } from './message.ts'
import { parseReport } from './report.ts'

/** A message of these lines, or of this text. */
export const bytes = (lines: string[] | string): Uint8Array =>
  new Uint8Array(Buffer.from(typeof lines === 'string' ? lines : lines.join('\r\n'), 'utf8'))
/** The report a message is, as the product reads it. */
export const read = (source: Uint8Array) => parseReport(value(parseMessage(source)))

/** A multipart/report whose machine part has this type and these fields. */
export const report = (
  type: string,
  fields: string[],
  returned: string[] = [],
  encoding = '7bit',
): Uint8Array =>
  bytes([
    'From: MAILER-DAEMON@operateur.mssante.test',
    `Content-Type: multipart/report; report-type=x; boundary="b"`,
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Une phrase.',
    '--b',
    `Content-Type: ${type}`,
    `Content-Transfer-Encoding: ${encoding}`,
    '',
    ...(encoding === 'base64' ? [Buffer.from(fields.join('\r\n')).toString('base64')] : fields),
    ...(returned.length > 0 ? ['--b', ...returned] : []),
    '--b--',
    '',
  ])

export const perMessage = [
  'Reporting-MTA: dns; smtp.operateur.mssante.test',
  'Original-Envelope-Id: env42',
  '',
]
