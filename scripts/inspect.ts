/**
 * `npm run inspect -- path|message|document FILE …`: says what SousPli thinks of a certificate, a message or a document, as one JSON object on
 * standard output; offline, without an account (docs/inspect.md).
 */
import { exitCodes, Unusable, type Inspected } from './inspect-input.ts'

type Command = (argv: string[]) => Promise<Inspected> | Inspected

/** Loaded when asked for: each pulls in its own part of the core. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  path: async () => (await import('./inspect-path.ts')).inspectPathCommand,
  document: async () => (await import('./inspect-document.ts')).inspectDocumentCommand,
  message: async () => (await import('./inspect-message.ts')).inspectMessageCommand,
}

/** Ends with a line on standard error: whoever calls this program reads objects, not traces. */
const give = (message: string): void => {
  process.exitCode = exitCodes.unusable
  process.stderr.write(`inspect: ${message}\n`)
}

const [name = '', ...argv] = process.argv.slice(2)
// A reader that has gone away (`| head`) or a full disk: what could not be printed is not there.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') give(`standard output: ${error.message}`)
  process.exit(exitCodes.unusable)
})
try {
  const load = commands[name]
  if (!load) throw new Unusable(`${Object.keys(commands).join('|')} FILE … (docs/inspect.md)`)
  const command = await load()
  const { exitCode, report } = await command(argv)
  process.exitCode = exitCode
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`)
} catch (error) {
  give(error instanceof Unusable ? error.message : `internal error: ${String(error)}`)
}
