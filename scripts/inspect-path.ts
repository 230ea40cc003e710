import { exitCodes, readArguments, readDate, readInput, type Inspected } from './inspect-input.ts'

/** `inspect path LEAF …` (docs/inspect.md). */
export const inspectPathCommand = (argv: string[]): Inspected => {
  const { file, values } = readArguments(argv, {
    intermediate: { type: 'string', multiple: true },
    crl: { type: 'string', multiple: true },
    anchor: { type: 'string', multiple: true },
    policy: { type: 'string', multiple: true },
    'explicit-policy': { type: 'boolean' },
    'inhibit-mapping': { type: 'boolean' },
    'inhibit-any': { type: 'boolean' },
    at: { type: 'string' },
    purpose: { type: 'string' },
  })
  const at = readDate(values.at)
  return { exitCode: exitCodes.bad, report: { at: at.toISOString(), size: readInput(file).length } }
}
