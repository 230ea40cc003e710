import { basename } from 'node:path'
import { inspectDocument } from '../app/reading/index.ts'
import { withSentences } from './inspect-deviations.ts'
import { mboxMessages } from './inspect-mbox.ts'
import { exitCodes, readArguments, readDate, readInput, type Inspected } from './inspect-input.ts'

/** `inspect document FILE [--at ISO-DATE]` (docs/inspect.md). */
export const inspectDocumentCommand = async (argv: string[]): Promise<Inspected> => {
  const { file, values } = readArguments(argv, { at: { type: 'string' } })
  const at = readDate(values.at)
  const bytes = readInput(file)
  // Of an mbox its first message, as `inspect message` does.
  const report = await inspectDocument(mboxMessages(bytes)?.[0] ?? bytes, basename(file), at)
  return {
    exitCode: exitCodes.good,
    report: { file, size: bytes.byteLength, at: at.toISOString(), ...withSentences(report) },
  }
}
