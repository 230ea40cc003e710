import type { ErrorCode, Outcome } from '../../contract/errors.ts'
import { prepareText, type BodyFindings, type BodyReading } from '../../vault/index.ts'
import { protectionOf } from '../imap/headers.ts'
import { parseMessage, type ParsedMessage } from '../mime/message.ts'
import { parseReport } from '../mime/report.ts'

/** What the domain finds in a message for its list row and the index. */
export interface Enrichment {
  patient: BodyFindings['patient']
  documentLabel: string | null
  documentCount: number
  alert: BodyFindings['alert']
  /** Laboratory results, for earlier values and curves. */
  results?: NonNullable<BodyFindings['results']>
  /** Its documents and patients' addresses, for the index of patients. */
  patients?: NonNullable<BodyFindings['patients']>
  /** Words of clinical documents (and of decrypted content) for the index. */
  extraText: string
}

export type Enrich = (message: { raw: Uint8Array; parsed: ParsedMessage }) => Promise<Enrichment>

const previewLength = 200
/** Characters looked at for the preview: quotes and blanks at the beginning are passed over. */
const previewWindow = 20_000
/** Characters of text kept for quoting and indexed. */
const textLength = 500_000

/** Reads a source in one go, bounded by the parser's limits; what cannot be read says so by its code and stays as it is. */
export const readSource = async (raw: Uint8Array, enrich: Enrich): Promise<BodyReading> => {
  const parsed: Outcome<ParsedMessage> = parseMessage(raw)
  // Too deep or too big to be read: kept byte-exact all the same, to be saved or sent on.
  if (!parsed.ok) return unread(parsed.error.code)
  const message = parsed.value
  const found = await enrich({ raw, parsed: message })
  const report = parseReport(message)
  const text = message.text.slice(0, textLength)
  const names = message.attachments.flatMap((part) => part.fileName ?? []).join(' ')
  return {
    text,
    indexText: prepareText(`${text}\n${names}\n${found.extraText}`.slice(0, 2 * textLength)),
    findings: {
      preview: previewOf(text === '' ? found.extraText : text),
      // The parts of a report are the report.
      hasAttachments: report === null && message.attachments.some(isListedAttachment),
      ...protectionOf(message.root.mimeType, message.root.parameters['smime-type']),
      patient: found.patient,
      documentLabel: found.documentLabel,
      documentCount: found.documentCount,
      alert: found.alert,
      ...(found.patients === undefined ? {} : { patients: found.patients }),
      ...(found.results === undefined ? {} : { results: found.results }),
      report,
    },
    copies: message.cc.map(({ name, address }) => `${name} ${address}`).join(' '),
    error: null,
  }
}

/** The reading of a message that could not be read, by the code that says why. */
export const unread = (error: ErrorCode): BodyReading => ({
  text: '',
  indexText: '',
  findings: {
    preview: '',
    hasAttachments: true,
    signed: false,
    encrypted: false,
    patient: null,
    documentLabel: null,
    documentCount: 0,
    alert: null,
    report: null,
  },
  error,
})

const isListedAttachment = (part: ParsedMessage['attachments'][number]): boolean =>
  !/pkcs7-signature$/.test(part.mimeType) && !(part.contentId !== null && part.mimeType.startsWith('image/'))

const previewOf = (text: string): string =>
  text
    .slice(0, previewWindow)
    .split('\n')
    .filter((line) => !line.startsWith('>'))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, previewLength)
