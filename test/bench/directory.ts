import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { coreEnvironment } from '../../app/contract/index.ts'
import { fictitiousExtraction } from '../operator/seed/directory-extraction.ts'
import { bundleDirectory } from './bundle.ts'
import { DirectoryAnswer, type DirectorySetting } from './directory-orders.ts'
import { watchMemory } from './memory.ts'
import { figure, percentile, type Figure, type Limits } from './statistics.ts'

interface Setting {
  runs: number
  /** Of the extraction; 535,000 in reality. */
  lines: number
  /** Scratch, and where the bundles go; removed by the caller. */
  folder: string
  dist: string
  log: (line: string) => void
  print: (line: Figure) => void
}

/** What people type: names, trades, places, structures, numbers, addresses, in any order. */
const texts = [
  'cardio lyon martin',
  'anne martin',
  'martin',
  'bernard paul nantes',
  'infirmier marseille',
  'médecin généraliste saint denis',
  'dermatologue paris 75014',
  'jean-baptiste dubois',
  'le goff',
  'nguyen kiné brest',
  'hôpital lilas cardiologie',
  'urgences rennes',
  'ehpad rodez',
  'pharmacie bordeaux',
  '99710000899',
  'anne.martin@medecin',
  'sophie petit sage-femme',
  'psychiatre grenoble',
  'de la tour',
  'laboratoire strasbourg',
]

const write = async (path: string, lines: Iterable<string>): Promise<void> => {
  const out = createWriteStream(path)
  let block = ''
  const flush = async (): Promise<void> => {
    if (!out.write(block)) await new Promise<void>((resolve) => out.once('drain', () => resolve()))
    block = ''
  }
  for (const line of lines) {
    block += `${line}\n`
    if (block.length > 1_000_000) await flush()
  }
  await flush()
  await new Promise<void>((resolve) => out.end(() => resolve()))
}

/** The next day: one line in five hundred is gone, as many are new. */
function* nextDay(lines: number): Generator<string> {
  let index = 0
  for (const line of fictitiousExtraction({ lines: lines + Math.round(lines / 500) })) {
    index += 1
    if (index === 1 || index % 500 !== 0) yield line
  }
}

/** Runs a program to its end; its answer, and the peak of its memory in mebibytes. */
const run = async <T>(
  program: string,
  settingFile: string,
  shape: z.ZodType<T>,
): Promise<{ answer: T; rss: number }> => {
  const child = spawn(process.execPath, ['--no-warnings', program, settingFile], {
    env: { ...process.env, ...coreEnvironment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const watch = watchMemory(() => [child.pid ?? null])
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const { rss } = watch.read().peak
  watch.stop()
  if (code !== 0) throw new Error(`${program} ended with ${String(code)}`)
  return { answer: shape.parse(JSON.parse(text)), rss }
}

const Peer = z.object({ milliseconds: z.number(), searches: z.array(z.number()), bytes: z.number() })
const mebibyte = 2 ** 20

/** Import time, memory, size and answers at full size, beside plain SQLite in clear on the same lines. */
export const runDirectoryBench = async (setting: Setting): Promise<void> => {
  const { folder, lines, log } = setting
  const { program, ...programs } = await bundleDirectory(setting.dist)
  const [extraction, next] = [join(folder, 'extraction.txt'), join(folder, 'extraction-next.txt')]
  log(`directory: writing two fictitious extractions of ${String(lines)} lines`)
  await write(extraction, fictitiousExtraction({ lines }))
  await write(next, nextDay(lines))
  const ours: { answer: DirectoryAnswer; rss: number }[] = []
  const peers: { answer: z.infer<typeof Peer>; rss: number }[] = []
  for (let turn = 0; turn < setting.runs; turn += 1) {
    const home = join(folder, `directory-${String(turn)}`)
    await mkdir(home, { recursive: true })
    const file = join(home, 'setting.json')
    await writeFile(
      file,
      JSON.stringify({ folder: home, extraction, next, texts, programs } satisfies DirectorySetting),
    )
    ours.push(await run(program, file, DirectoryAnswer))
    peers.push(await run(join(import.meta.dirname, 'plain-sqlite.ts'), file, Peer))
    await rm(home, { recursive: true, force: true })
    const mine = ours.at(-1)
    log(
      `directory: run ${String(turn + 1)}: import ${((mine?.answer.first.milliseconds ?? 0) / 1000).toFixed(1)} s`,
    )
  }
  const peer = 'SQLite FTS5 in clear, prefix index, bm25'
  const add = (
    name: string,
    unit: string,
    values: readonly number[],
    beside: readonly number[] | null = null,
    limits: Limits | null = null,
  ): void =>
    setting.print(
      figure(
        { bench: 'directory', figure: name, unit, messages: lines },
        values,
        beside && { name: peer, values: beside },
        limits,
      ),
    )
  const tail = (times: readonly number[]): number => percentile(times, 0.95)
  add(
    'extraction import, first',
    's',
    ours.map(({ answer }) => answer.first.milliseconds / 1000),
    peers.map(({ answer }) => answer.milliseconds / 1000),
  )
  add(
    'extraction import, next day',
    's',
    ours.map(({ answer }) => answer.next.milliseconds / 1000),
  )
  add(
    'longest wait of the event loop while importing',
    'ms',
    ours.map(({ answer }) => answer.first.longest),
    null,
    { atMost: 50 },
  )
  add(
    'peak memory of the core, import and search',
    'MiB RSS',
    ours.map(({ rss }) => rss),
    peers.map(({ rss }) => rss),
  )
  add(
    'size of the base',
    'MiB',
    ours.map(({ answer }) => answer.databaseBytes / mebibyte),
    peers.map(({ answer }) => answer.bytes / mebibyte),
  )
  add(
    'search per keystroke, p95',
    'ms',
    ours.map(({ answer }) => tail(answer.searches)),
    peers.map(({ answer }) => tail(answer.searches)),
    { atMost: 30 },
  )
  add(
    'search per keystroke, p50',
    'ms',
    ours.map(({ answer }) => percentile(answer.searches, 0.5)),
    peers.map(({ answer }) => percentile(answer.searches, 0.5)),
  )
  add(
    'suggestions per keystroke, p95',
    'ms',
    ours.map(({ answer }) => tail(answer.suggestions)),
    null,
    { atMost: 30 },
  )
}
