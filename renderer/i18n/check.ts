/**
 * The catalogue is complete: run by node, exits 1 and names what is wrong.
 * Every key has both languages and no argument of its own in English, every key is used and every used key exists, every error code
 * has its sentences, and no area file is left out.
 */
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { IntlMessageFormat } from 'intl-messageformat'
import { contractCalls, contractEvents, errorCodes } from '../../app/contract/index.ts'
import { en, fr } from './catalogues.ts'
import { errors as enErrors } from './en/errors/index.ts'
import { errors as frErrors } from './fr/errors/index.ts'
import { french } from './typography.ts'

const problems: string[] = []

type Elements = ReturnType<IntlMessageFormat['getAst']>
const literalType = 0

const argumentsOf = (elements: Elements, found = new Set<string>()): Set<string> => {
  for (const element of elements) {
    if (!('value' in element) || Number(element.type) === literalType) continue
    found.add(element.value)
    if ('options' in element)
      for (const option of Object.values(element.options)) argumentsOf(option.value, found)
    if ('children' in element) argumentsOf(element.children, found)
  }
  return found
}

const read = (id: string, text: string | undefined): Set<string> => {
  if (text === undefined || text.trim() === '') {
    problems.push(`${id}: missing`)
    return new Set()
  }
  try {
    return argumentsOf(new IntlMessageFormat(text, 'fr').getAst())
  } catch (cause) {
    problems.push(`${id}: ${String(cause)}`)
    return new Set()
  }
}

const compare = (id: string, frText: string | undefined, enText: string | undefined): void => {
  const frArguments = read(`fr ${id}`, frText === undefined ? undefined : french(frText))
  const enArguments = read(`en ${id}`, enText)
  // French may use more (the sex agrees the participle); nothing may be English only.
  for (const name of enArguments)
    if (!frArguments.has(name)) problems.push(`${id}: {${name}} is English only`)
  if (enText?.includes("'")) problems.push(`en ${id}: write ’, ' is an escape in ICU`)
}

type Areas = Record<string, Record<string, string>>
const frAreas: Areas = fr
const enAreas: Areas = en
const keys = new Set<string>()
for (const area of new Set([...Object.keys(frAreas), ...Object.keys(enAreas)]))
  for (const name of new Set([...Object.keys(frAreas[area] ?? {}), ...Object.keys(enAreas[area] ?? {})])) {
    keys.add(`${area}.${name}`)
    compare(`${area}.${name}`, frAreas[area]?.[name], enAreas[area]?.[name])
  }

for (const code of errorCodes)
  for (const part of ['what', 'safe', 'todo'] as const)
    compare(`errors ${code}.${part}`, frErrors[code]?.[part], enErrors[code]?.[part])
for (const code of Object.keys({ ...frErrors, ...enErrors }))
  if (!errorCodes.some((known) => known === code)) problems.push(`errors ${code}: not in the contract`)

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = (await readdir(root, { recursive: true })).filter(
  (path) => /\.tsx?$/.test(path) && !/^i18n[\\/](?:fr|en)[\\/]|\.test\./.test(path),
)
const areaNames = Object.keys(frAreas).join('|')
const contractNames = new Set<string>([
  ...Object.keys(contractCalls),
  ...Object.keys(contractEvents),
  ...errorCodes,
])
const literal = new RegExp(`['"\`]((?:${areaNames})\\.[\\w-]+)['"\`]`, 'g')
const built = new RegExp(`\`((?:${areaNames})\\.[\\w-]*)\\$\\{[^\`]*?\\}([\\w-]*)\``, 'g')
const used = new Set<string>()
for (const path of sources) {
  const text = await readFile(`${root}${path}`, 'utf8')
  for (const [, key] of text.matchAll(literal)) {
    if (key === undefined) continue
    // A call, an event or an error of the contract may have the name of a sentence: only what is translated counts.
    if (contractNames.has(key) && !new RegExp(`\\bt\\('${key}'`).test(text)) continue
    if (keys.has(key)) used.add(key)
    else problems.push(`${path}: ${key} is not in the catalogue`)
  }
  for (const [, prefix = '', suffix = ''] of text.matchAll(built)) {
    const matching = [...keys].filter((key) => key.startsWith(prefix) && key.endsWith(suffix))
    if (matching.length === 0) problems.push(`${path}: no key begins with ${prefix}`)
    for (const key of matching) used.add(key)
  }
}
for (const key of keys) if (!used.has(key)) problems.push(`${key}: used nowhere`)

for (const problem of problems) console.error(problem)
console.log(`${keys.size} keys, ${errorCodes.length} error codes, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0
