/** `node test/bench/profile.ts FILE.cpuprofile … [--top 15]`: where the time of each thread went, by function's own time. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'

const Profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  /** Microseconds since the sample before. */
  timeDeltas: z.array(z.number()),
})

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { top: { type: 'string', default: '15' } },
})
for (const file of positionals) {
  const profile = Profile.parse(JSON.parse(readFileSync(file, 'utf8')))
  const names = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || '(anonymous)'} ${url === '' ? '' : `${basename(url)}:${lineNumber + 1}`}`.trim(),
    ]),
  )
  const own = new Map<string, number>()
  for (const [index, id] of profile.samples.entries()) {
    const name = names.get(id) ?? '?'
    own.set(name, (own.get(name) ?? 0) + (profile.timeDeltas[index] ?? 0))
  }
  const total = profile.timeDeltas.reduce((a, b) => a + b, 0)
  const idle = own.get('(idle)') ?? 0
  own.delete('(idle)')
  process.stdout.write(
    `${basename(file)}: ${(total / 1e6).toFixed(1)} s, of which busy ${((total - idle) / 1e6).toFixed(1)} s\n`,
  )
  for (const [name, time] of [...own].toSorted(([, a], [, b]) => b - a).slice(0, Number(values.top)))
    process.stdout.write(`  ${((time / (total - idle)) * 100).toFixed(1).padStart(5)} %  ${name}\n`)
}
