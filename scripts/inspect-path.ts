import { inspectPath, namedDerOf, type NamedDer } from '../app/smime/index.ts'
import { exitCodes, readArguments, readDate, readInput, Unusable, type Inspected } from './inspect-input.ts'
import { listSentences, pathSentences, purposeSentences } from './inspect-sentences.ts'

const purposes = ['email', 'document', 'server', 'client', 'any'] as const

/** Everything of one kind in some files: PEM with any number of blocks, DER, or p7b. */
const readAll = (names: readonly string[], kind: 'certificate' | 'list'): NamedDer[] =>
  names.flatMap((name) => {
    const found = namedDerOf(name, readInput(name), kind)
    if (found.length === 0)
      throw new Unusable(`${name}: holds no ${kind === 'list' ? 'revocation list' : kind}`)
    return found
  })

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
    'anchor-key-only': { type: 'boolean' },
    'refuse-weak': { type: 'boolean' },
    at: { type: 'string' },
    purpose: { type: 'string' },
  })
  const purpose = purposes.find((one) => one === (values.purpose ?? 'any'))
  if (!purpose) throw new Unusable(`--purpose ${values.purpose ?? ''}: one of ${purposes.join(', ')}`)
  const policies = (values.policy ?? [])
    .flatMap((list) => list.split(/[\s,]+/).filter(Boolean))
    .map((one) => (/^any(?:policy)?$/i.test(one) ? '2.5.29.32.0' : one))
  const strange = policies.find((one) => !/^[0-2](?:\.(?:0|[1-9]\d*))+$/.test(one))
  if (strange !== undefined) throw new Unusable(`--policy ${strange}: not an object identifier`)
  const [leaf, ...chain] = readAll([file], 'certificate')
  if (!leaf) throw new Unusable(`${file}: holds no certificate`)
  const result = inspectPath({
    leaf: leaf.der,
    intermediates: [...chain, ...readAll(values.intermediate ?? [], 'certificate')],
    anchors: readAll(values.anchor ?? [], 'certificate'),
    lists: values.crl ? readAll(values.crl, 'list') : null,
    at: readDate(values.at),
    policies,
    explicitPolicy: values['explicit-policy'] === true,
    inhibitMapping: values['inhibit-mapping'] === true,
    inhibitAny: values['inhibit-any'] === true,
    anchorConstraints: values['anchor-key-only'] !== true,
    weak: values['refuse-weak'] === true ? 'refuse' : 'report',
    purpose,
  })
  const failures = result.failures.map((failure) => ({ ...failure, sentence: pathSentences[failure.code] }))
  const report = {
    ...result,
    failure: failures[0] ?? null,
    failures,
    revocation: {
      ...result.revocation,
      certificates: result.revocation.certificates.map((one) => ({
        ...one,
        sentence: one.problem ? listSentences[one.problem] : null,
      })),
    },
    purpose: {
      ...result.purpose,
      sentence: result.purpose.problem ? purposeSentences[result.purpose.problem] : null,
    },
  }
  return { exitCode: result.valid ? exitCodes.good : exitCodes.bad, report }
}
