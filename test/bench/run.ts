/**
 * `npm run bench -- [NAME …|all] [--messages 10000] [--runs 5] [--long-runs N] [--lines 535000] [--profile FOLDER] [--direct [--no-peers]]`: measures the real core and
 * its peers on the same fresh server. One JSON line per figure on standard output; progress on standard error.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { folderNames, startOperator, type Operator } from '../operator/index.ts'
import { benchNames, runBenches, type BenchName } from './benches.ts'
import { fillMailbox, owner } from './mailbox.ts'
import { bundlePrograms, type Programs } from './bundle.ts'
import { runDirectoryBench } from './directory.ts'
import { directNames, runDirect } from './direct.ts'
import { runDocumentsBench } from './documents.ts'
import { preparePeers, type Peers } from './peers.ts'
import { runSmimeBench } from './smime.ts'
import type { Figure } from './statistics.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    messages: { type: 'string', default: '10000' },
    runs: { type: 'string', default: '5' },
    'long-runs': { type: 'string' },
    lines: { type: 'string', default: '535000' },
    profile: { type: 'string' },
    direct: { type: 'boolean', default: false },
    'no-peers': { type: 'boolean', default: false },
  },
})
const log = (line: string): void => void process.stderr.write(`${line}\n`)
const whole = (text: string): number => {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new Error(`not a whole number above 0: ${text}`)
  return number
}
const isBench = (name: string): name is BenchName => (benchNames as readonly string[]).includes(name)
/** Needs neither server nor mailbox. */
const smimeName = 'smime'
const documentsName = 'documents'
const directoryName = 'directory'
const all = [...benchNames, smimeName, documentsName, directoryName]
const named = positionals.length === 0 || positionals.includes('all') ? all : positionals
const unknown = named.filter((name) => !all.includes(name))
if (unknown.length > 0) throw new Error(`no bench ${unknown.join(', ')}; there are: ${all.join(', ')}`)
const asked = named.filter(isBench)

const folder = await mkdtemp(join(tmpdir(), 'souspli-bench-'))
// Beside the packages the bundles import, and not in dist/, which a build empties.
const dist = join(import.meta.dirname, `../../node_modules/.bench-${process.pid}`)
const print = (line: Figure): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const load = (): string =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ')

const withServer = async (operator: Operator, peers: Peers, programs: Programs): Promise<void> => {
  const mailbox = await fillMailbox(operator, whole(values.messages))
  // The server reads its own store before anybody is timed.
  for (const path of ['INBOX', folderNames.archive, folderNames.sent])
    await operator.mailbox(owner.key).list(path)
  log(
    `${mailbox.messages} messages (${mailbox.inbox} in the inbox), ${(mailbox.bytes / 2 ** 20).toFixed(0)} MiB, ` +
      `written in ${(mailbox.milliseconds / 1000).toFixed(1)} s; load ${load()}`,
  )
  const runs = whole(values.runs)
  await runBenches(
    {
      operator,
      mailbox,
      peers,
      programs,
      folder,
      runs,
      longRuns: whole(values['long-runs'] ?? values.runs),
      profileFolder: values.profile === undefined ? null : resolve(values.profile),
      log,
      print,
    },
    new Set(asked),
  )
  log(`load at the end ${load()}`)
}

const withMail = async (): Promise<void> => {
  const operator = await startOperator()
  try {
    const peers = preparePeers(operator, log)
    const programs = await bundlePrograms(dist)
    if (values.direct) {
      const wrong = asked.filter((name) => !(directNames as readonly string[]).includes(name))
      if (wrong.length > 0) throw new Error(`without a server there are only: ${directNames.join(', ')}`)
      const messages = whole(values.messages)
      const runs = whole(values.runs)
      const compared = values['no-peers'] ? null : peers
      await runDirect({ messages, runs, programs, folder, peers: compared, log, print }, new Set(asked))
    } else await withServer(operator, peers, programs)
  } finally {
    await operator.stop()
  }
}

try {
  if (named.includes(documentsName))
    await runDocumentsBench({ runs: whole(values.runs), folder, dist, log, print })
  if (named.includes(directoryName)) {
    const lines = whole(values.lines)
    await runDirectoryBench({ runs: whole(values.runs), lines, folder, dist, log, print })
  }
  if (named.includes(smimeName)) await runSmimeBench({ runs: whole(values.runs), folder, dist, log, print })
  if (asked.length > 0) await withMail()
} finally {
  for (const made of [folder, dist]) await rm(made, { recursive: true, force: true })
}
