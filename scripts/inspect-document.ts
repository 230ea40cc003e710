import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { inspectDocument } from '../app/reading/index.ts'
import { withSentences } from './inspect-deviations.ts'
import { mboxMessages } from './inspect-mbox.ts'
import { certificatesIn, namedTrust, trustOptions } from './inspect-trust.ts'
import { exitCodes, readArguments, readDate, readInput, type Inspected } from './inspect-input.ts'

/** The file beside a signature that it may sign: `cr.pdf` of `cr.pdf.p7s`. */
const signedBeside = (file: string): { bytes: Uint8Array; fileName: string }[] => {
  const signed = file.replace(/\.p7s$/i, '')
  return signed !== file && existsSync(signed)
    ? [{ bytes: readInput(signed), fileName: basename(signed) }]
    : []
}

/** `inspect document FILE [--at ISO-DATE] [--anchor …] [--intermediate …] [--crl …]` (docs/inspect.md). */
export const inspectDocumentCommand = async (argv: string[]): Promise<Inspected> => {
  const { file, values } = readArguments(argv, { ...trustOptions, at: { type: 'string' } })
  const at = readDate(values.at)
  const bytes = readInput(file)
  const context = {
    now: at,
    ...(values.at === undefined ? {} : { asOf: at }),
    trust: namedTrust(values, at),
    known: certificatesIn(values.intermediate),
  }
  // Of an mbox its first message, as `inspect message` does.
  const given = { bytes: mboxMessages(bytes)?.[0] ?? bytes, fileName: basename(file) }
  const report = await inspectDocument(given, at, context, signedBeside(file))
  return {
    exitCode: exitCodes.good,
    report: { file, size: bytes.byteLength, at: at.toISOString(), ...withSentences(report) },
  }
}
