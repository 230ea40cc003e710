/**
 * `node scripts/validate-written.ts FOLDER [--keep FOLDER]`: writes one archive of every kind with SousPli's own writer and gives
 * its documents, METADATA.XML and INDEX.HTM to the published schemas and schematrons found in the folder, which are not ours to
 * ship (docs/documents-sent.md). Needs `xmllint`, and Java with Saxon-HE for schematrons. Ends with 0 when nothing is broken, 1
 * when something is, 2 when nothing could be run.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  publishedIn,
  svrlFindings,
  xmllintFindings,
  type Finding,
  type Schematron,
} from './written-schemas.ts'

class Unusable extends Error {}

const debianSaxon = '/usr/share/java/Saxon-HE.jar'
const memory = 512 * 1024 * 1024

const run = (program: string, args: readonly string[]): { status: number | null; output: string } => {
  const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: memory })
  if (error) throw new Unusable(`${program}: ${error.message}`)
  return { status, output: stderr }
}

/** Folders with the written files, and what each file is. */
const write = async (into: string) => {
  // Loaded when there is something to validate with: it pulls in the whole of writing.
  const { writtenArchives } = await import('../app/mssante/writing/variants.fixture.ts')
  const kinds = { cda: join(into, 'cda'), metadata: join(into, 'metadata'), index: join(into, 'index') }
  for (const folder of Object.values(kinds)) {
    // What a former run kept is not what is written now.
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
  }
  const origins = new Map<string, string>()
  let count = 0
  for (const { name, files } of await writtenArchives())
    for (const { path, bytes } of files) {
      const kind = path.endsWith('INDEX.HTM')
        ? 'index'
        : path.endsWith('METADATA.XML')
          ? 'metadata'
          : path.endsWith('.XML')
            ? 'cda'
            : null
      if (kind === null) continue
      count += 1
      const file = `${String(count).padStart(4, '0')}.xml`
      writeFileSync(join(kinds[kind], file), bytes)
      origins.set(file, `${name}, ${path}`)
    }
  return { kinds, origins }
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))

const bySchema = (schema: string | null, folder: string): Finding[] => {
  const { status, output } = run('xmllint', [
    '--noout',
    '--nonet',
    '--huge',
    ...(schema === null ? [] : ['--schema', schema]),
    ...filesIn(folder),
  ])
  const findings = xmllintFindings(output)
  if (status !== 0 && findings.length === 0) throw new Unusable(`xmllint: ${output.slice(0, 2000)}`)
  return findings
}

const transform = (jars: readonly string[], args: readonly string[]): void => {
  const classes = [...jars, ...(existsSync(debianSaxon) ? [debianSaxon] : [])]
  if (classes.length === 0)
    throw new Unusable('schematrons need Saxon-HE: its jar in the folder, or Debian’s libsaxonhe-java')
  const { status, output } = run('java', ['-cp', classes.join(':'), 'net.sf.saxon.Transform', ...args])
  if (status !== 0) throw new Unusable(`saxon: ${output.slice(0, 2000)}`)
}

/** The XSLT of a schematron; what it reads beside it is looked for where its source lies. */
const compiledOf = (
  { name, path, compiled }: Schematron,
  tools: { compiler: string | null; jars: readonly string[] },
  work: string,
): string => {
  if (compiled) return path
  if (tools.compiler === null)
    throw new Unusable(`${name}.sch needs SchXslt (xslt/2.0/pipeline-for-svrl.xsl) in the folder`)
  const out = join(work, `${name}.xsl`)
  transform(tools.jars, [`-s:${path}`, `-xsl:${tools.compiler}`, `-o:${out}`])
  const base = `${pathToFileURL(dirname(path)).href}/`
  const text = readFileSync(out, 'utf8')
  writeFileSync(out, text.replace(/<xsl:(transform|stylesheet)\b/, `<xsl:$1 xml:base="${base}"`))
  return out
}

const bySchematron = (xsl: string, jars: readonly string[], folder: string, work: string): Finding[] => {
  const reports = mkdtempSync(join(work, 'svrl-'))
  transform(jars, [`-s:${folder}`, `-xsl:${xsl}`, `-o:${reports}`])
  return readdirSync(reports).flatMap((file) => svrlFindings(file, readFileSync(join(reports, file))))
}

const tell = (
  by: string,
  files: number,
  findings: readonly Finding[],
  origins: Map<string, string>,
): number => {
  const of = (severity: Finding['severity']): Finding[] =>
    findings.filter((finding) => finding.severity === severity)
  const [errors, warnings] = [of('error'), of('warning')]
  const broken = new Set(errors.map(({ file }) => file)).size
  console.log(`${by}: ${files} files, ${broken} broken, ${errors.length} errors, ${warnings.length} warnings`)
  const groups = Map.groupBy([...errors, ...warnings], ({ severity, message }) => `${severity}: ${message}`)
  for (const [message, group] of groups)
    console.log(`  ${group.length} × ${message}\n      first: ${origins.get(group[0]?.file ?? '') ?? ''}`)
  return errors.length
}

const main = async (argv: readonly string[]): Promise<number> => {
  const [folder, option, kept] = argv
  if (!folder || (option !== undefined && (option !== '--keep' || !kept)))
    throw new Unusable('node scripts/validate-written.ts FOLDER [--keep FOLDER]')
  if (!existsSync(folder)) throw new Unusable(`${folder} is not there`)
  const published = publishedIn(folder)
  const all = [...published.cda, ...published.metadata, ...published.schematrons]
  if (all.length === 0) throw new Unusable(`no schema and no schematron of those known by name in ${folder}`)
  const work = mkdtempSync(join(tmpdir(), 'souspli-written-'))
  try {
    const { kinds, origins } = await write(kept ?? work)
    const counted = (kind: keyof typeof kinds): number => readdirSync(kinds[kind]).length
    let errors = tell('well-formed INDEX.HTM', counted('index'), bySchema(null, kinds.index), origins)
    for (const schema of published.cda)
      errors += tell(schema, counted('cda'), bySchema(schema, kinds.cda), origins)
    for (const schema of published.metadata)
      errors += tell(schema, counted('metadata'), bySchema(schema, kinds.metadata), origins)
    for (const schematron of published.schematrons) {
      const xsl = compiledOf(schematron, published, work)
      const findings = bySchematron(xsl, published.jars, kinds.cda, work)
      errors += tell(schematron.path, counted('cda'), findings, origins)
    }
    return errors === 0 ? 0 : 1
  } finally {
    rmSync(work, { recursive: true })
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Unusable)) throw error
  console.error(`validate-written: ${error.message}`)
  process.exitCode = 2
}
