import { once } from 'node:events'
import { startPatientRecord } from './patient-record.ts'

/**
 * `node test/operator/record-run.ts [--port 2575] [--unknown] [--patient MATRICULE]…`: a patient record by itself, until
 * Ctrl-C. It says what it is given and what it answers; with `--unknown` it knows the patients named only. Fictitious data.
 */
const valuesOf = (name: string): string[] =>
  process.argv.flatMap((one, at) => (one === name ? [process.argv[at + 1] ?? ''] : []))
const patients = valuesOf('--patient')
const record = await startPatientRecord({
  port: Number(valuesOf('--port')[0] ?? 2575),
  ...(process.argv.includes('--unknown') || patients.length > 0 ? { patients } : {}),
})
process.stdout.write(`Patient record (demonstration) on 127.0.0.1:${record.port}. Ctrl-C stops it.\n`)
let stopped = false
void Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(async () => {
  stopped = true
  await record.stop()
  process.exit(0)
})
while (!stopped) {
  const one = await record.next(2 ** 31 - 1)
  const answer = /MSA\|(\w\w)/.exec(one.answer ?? '')?.[1] ?? 'no answer'
  const problems =
    one.problems.length === 0 ? 'as the guide has it' : `not as the guide has it: ${one.problems.join(', ')}`
  process.stdout.write(
    `${one.trigger} ${one.documentId} → ${answer}; ${problems}; ${record.documents.size} in the record\n`,
  )
}
