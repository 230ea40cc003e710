/** The schemas and schematrons a folder has for what SousPli writes, and what `xmllint` and Saxon say with them. */
import { readdirSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { attribute, descendants, parseXml, textOf } from '../app/mssante/xml/element.ts'

/** What may be told of one file by one schema: nothing where it is valid. */
export interface Finding {
  /** Name of the file, without its folder. */
  file: string
  severity: 'error' | 'warning'
  message: string
}

export interface Schematron {
  name: string
  /** Compiled to XSLT, or as it is written. */
  path: string
  compiled: boolean
}

export interface Published {
  /** Schemas of CDA R2: of HL7, and as the ANS extends it. */
  cda: string[]
  /** ebRIM/ebRS 3.0, for METADATA.XML. */
  metadata: string[]
  schematrons: Schematron[]
  /** SchXslt, which compiles schematrons. */
  compiler: string | null
  jars: string[]
}

const cdaSchemas = ['CDA.xsd', 'CDA_extended.xsd']
const metadataSchemas = ['lcm.xsd']
/** Those of the ANS that look at the header or at any document (ansforge/TestContenuCDA). */
const schematrons = [
  'CI-SIS_StructurationMinimale',
  'ASIP-STRUCT-MIN-StrucMin',
  'CI-SIS_ModelesDeContenusCDA',
  'CI-SIS_Modeles_ANS',
  'IHE',
]
const skipped = new Set(['node_modules', '.git'])

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.split('/').some((part) => skipped.has(part)))
    .sort()

/** What there is in a folder, by the names their publishers gave; the ANS's own compilation goes before ours. */
export const publishedIn = (folder: string): Published => {
  const files = filesBelow(folder)
  const named = (names: readonly string[]): string[] => files.filter((path) => names.includes(basename(path)))
  return {
    cda: named(cdaSchemas),
    metadata: named(metadataSchemas),
    schematrons: schematrons.flatMap((name): Schematron[] => {
      const compiled = named([`${name}.xsl`])[0]
      const source = named([`${name}.sch`])[0]
      const path = compiled ?? source
      return path === undefined ? [] : [{ name, path, compiled: compiled !== undefined }]
    }),
    compiler: files.find((path) => /2\.0\/pipeline-for-svrl\.xsl$/.test(path)) ?? null,
    jars: files.filter((path) => extname(path) === '.jar'),
  }
}

/** `FILE:LINE: element NAME: Schemas validity error : MESSAGE`, of the standard error of `xmllint --schema`. */
export const xmllintFindings = (output: string): Finding[] =>
  output.split('\n').flatMap((line): Finding[] => {
    const found =
      /^(.+?):\d+: (?:element [^:]+: )?(?:Schemas validity|parser|namespace|validity) error : (.*)$/.exec(
        line,
      )
    return found
      ? [{ file: basename(found[1] ?? ''), severity: 'error', message: (found[2] ?? '').trim() }]
      : []
  })

/** Failed assertions of a report in SVRL; a report that cannot be read is one finding. */
export const svrlFindings = (file: string, svrl: Uint8Array): Finding[] => {
  const parsed = parseXml(svrl)
  if (!parsed.ok || parsed.value.name !== 'schematron-output')
    return [{ file, severity: 'error', message: 'the report is not SVRL' }]
  return descendants(parsed.value, 'failed-assert').map((assertion) => ({
    file,
    severity: /^warn|^info/i.test(attribute(assertion, 'role') ?? '') ? 'warning' : 'error',
    message: textOf(assertion).replace(/\s+/g, ' ').trim(),
  }))
}
