import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { readZip } from '../../app/mssante/index.ts'
import { figure, percentile, type Figure } from './statistics.ts'

/** What is asked of the worker that writes documents, as its jobs are (app/mssante/writing/jobs.ts). */
type Job = Record<string, unknown> & { kind: string }
type Answer = { ok: true; value: Record<string, unknown> } | { ok: false; error: { code: string } }

const pdfBytes = 1_000_000
const timesPerRun = 4
const fontFolder = join(import.meta.dirname, '../../node_modules/pdfjs-dist/standard_fonts')
/** Fictitious. */
const patient = {
  patientId: null,
  birthName: 'ESSAI-FICTIF',
  usedName: null,
  firstName: 'Léa',
  givenNames: 'Léa Anne',
  sex: 'F',
  birthDate: '1979-03-28',
  birthPlace: '51215',
  ins: { matricule: '279035121518989', oid: '1.2.250.1.213.1.4.10' },
  qualified: true,
  ipp: null,
}
const details = {
  typeCode: '11488-4',
  title: 'Consultation fictive',
  actDate: '2026-11-20',
  confidentiality: 'N',
  maskedFromProfessionals: false,
  hiddenFromPatient: false,
  hiddenFromRepresentatives: false,
  fileNumber: null,
}
const author = {
  nationalId: '899700433156',
  familyName: 'MARTIN-FICTIF',
  givenName: 'Anne',
  civility: null,
  title: 'DR',
  specialty: 'G15_10/SM54',
  phone: null,
  organisation: {
    id: '1750803447',
    name: 'Cabinet fictif',
    street: null,
    postalCode: null,
    city: null,
    phone: null,
  },
  facility: 'SA07',
  setting: 'AMBULATOIRE',
}
const letter = 'Cher confrère, merci de recevoir cette patiente fictive pour avis.\n'.repeat(60)

const ask = (worker: Worker, job: Job): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    const answered = (answer: Answer): void => {
      worker.off('error', reject)
      if (answer.ok) resolve(answer.value)
      else reject(new Error(answer.error.code))
    }
    worker.once('message', answered)
    worker.once('error', reject)
    worker.postMessage(job)
  })

const archiveJob = (pdf: Uint8Array): Job => ({
  kind: 'archive',
  documents: [
    {
      content: {
        kind: 'own',
        pdf,
        request: {
          id: '2.25.1',
          set: { root: '2.25.2', extension: null },
          version: 1,
          replaces: null,
          ...{ patient, details, author },
          mailbox: 'anne@medecin.mssante.test',
          recipients: [],
          source: '2.25.3',
          createdAt: Date.now(),
        },
      },
      replacedEntryId: null,
      maskedFromProfessionals: false,
      hiddenFromPatient: false,
      hiddenFromRepresentatives: false,
    },
  ],
  source: '2.25.3',
  title: 'Consultation fictive',
  at: Date.now(),
  classes: {},
  product: { name: 'SousPli', version: '0.0.0' },
})

const timed = async (count: number, once: () => Promise<unknown>): Promise<number[]> => {
  // The first ones compile.
  for (let warm = 0; warm < 3; warm += 1) await once()
  const values: number[] = []
  for (let run = 0; run < count; run += 1) {
    const started = performance.now()
    await once()
    values.push(performance.now() - started)
  }
  return values
}

/**
 * Writing: a CDA around a PDF of 1 MB with its archive, beside what `base64`, `sha1sum` and `zip` take for the same bytes on
 * the same disk; and a typed letter as PDF/A-1.
 */
export const writeFigures = async (setting: {
  runs: number
  folder: string
  print: (line: Figure) => void
  log: (line: string) => void
}): Promise<void> => {
  const { runs, print, log } = setting
  const count = runs * timesPerRun
  const worker = new Worker(join(import.meta.dirname, '../../app/mssante/writing/worker.ts'), {
    workerData: {
      regular: readFileSync(join(fontFolder, 'LiberationSans-Regular.ttf')),
      bold: readFileSync(join(fontFolder, 'LiberationSans-Bold.ttf')),
    },
  })
  const tell = (
    name: string,
    values: readonly number[],
    peer: { name: string; values: readonly number[] } | null,
  ): void =>
    print({
      ...figure(
        { bench: 'documents', figure: `${name}, p95`, unit: 'ms', messages: 0 },
        [percentile(values, 0.95)],
        peer && { name: peer.name, values: [percentile(peer.values, 0.95)] },
        null,
      ),
      runs: values.length,
    })
  try {
    // Of noise: what a picture or a compressed page is to a compressor.
    const pdf = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(pdfBytes)])
    const made = await ask(worker, archiveJob(pdf))
    const files = await readZip(made['zip'] as Uint8Array)
    if (!files.ok) throw new Error(files.error.code)
    log(`archive of ${(made['zip'] as Uint8Array).byteLength} bytes, ${files.value.length} files`)
    const here = join(setting.folder, 'archive')
    mkdirSync(here, { recursive: true })
    for (const { path, bytes } of files.value)
      writeFileSync(join(here, path.split('/').at(-1) ?? path), bytes)
    writeFileSync(join(here, 'body.pdf'), pdf)
    const peerOnce = (): Promise<void> => {
      rmSync(join(here, 'peer.zip'), { force: true })
      spawnSync('base64', ['-w', '76', 'body.pdf'], { cwd: here, maxBuffer: 8 * pdfBytes })
      spawnSync('sha1sum', ['DOC00001.XML'], { cwd: here })
      spawnSync('zip', ['-q', 'peer.zip', 'INDEX.HTM', 'README.TXT', 'METADATA.XML', 'DOC00001.XML'], {
        cwd: here,
      })
      return Promise.resolve()
    }
    const there = spawnSync('zip', ['-v']).error === undefined
    if (!there) log('no zip program here: no peer')
    tell(
      'CDA N1 around a PDF of 1 MB and its XDM archive, written',
      await timed(count, () => ask(worker, archiveJob(pdf))),
      there ? { name: 'base64 + sha1sum + zip, a process each', values: await timed(count, peerOnce) } : null,
    )
    const head = { patient, details, author, version: 1, madeAt: Date.now() }
    tell(
      'letter of two pages, written as PDF/A-1',
      await timed(count, () => ask(worker, { kind: 'letter', head, text: letter })),
      null,
    )
  } finally {
    await worker.terminate()
  }
}
