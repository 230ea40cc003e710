import type { Chapter } from './biology-panels.ts'
import { comma, shownRange } from './cda-biology.ts'
import { frenchDay } from './paris-time.ts'
import { frenchBirthDate, type Patient } from './patients.ts'

// The code points that cp1252 has and ISO-8859-1 has not, as far as French needs them.
const windows1252 = new Map([
  ['€', 0x80],
  ['’', 0x92],
  ['œ', 0x9c],
  ['Œ', 0x8c],
  ['–', 0x96],
  ['—', 0x97],
])

/** Text as Windows-1252; characters outside become `?`. */
export function toWindows1252(text: string): Buffer {
  return Buffer.from(
    Array.from(text, (character) => {
      const code = character.codePointAt(0) ?? 0x3f
      return windows1252.get(character) ?? (code < 0x100 ? code : 0x3f)
    }),
  )
}

/** HPRIM Médecin 1.0 (clinical-documents.md §11.1): twelve header lines, the report in columns, then `RES|` lines. */
export function hprimText(patient: Patient, date: Date, chapters: readonly Chapter[], file: string): string {
  const { address } = patient
  const lines = [
    patient.ipp,
    patient.birthName,
    patient.usedGivenName,
    `${address.number} ${address.street}`,
    '',
    `${address.postalCode} ${address.city}`,
    frenchBirthDate(patient),
    patient.ins ?? '',
    file,
    frenchDay(date),
    'BIOVAL    Laboratoire BioVal Démo',
    'MARTINA   Docteur MARTIN Anne',
    '',
    'Document de démonstration - patient fictif',
    '',
  ]
  const results: string[] = []
  for (const chapter of chapters) {
    lines.push(chapter.title, '')
    for (const result of chapter.results) {
      if (result.kind === 'finding') {
        lines.push(`${result.label.padEnd(28)}: ${result.text}`)
        results.push(`RES|${result.label}||A|${result.text}|||||F`)
        continue
      }
      const flag = result.interpretation === 'N' ? '' : ' *'
      const range = shownRange(result)
      lines.push(
        `${result.label.padEnd(28)}:${comma(result.value).padStart(10)} ${result.shownUnit.padEnd(16)}${range}${flag}`,
      )
      const letter = result.interpretation.charAt(0)
      results.push(
        `RES|${result.label}|${result.loinc}|N|${result.value}|${result.shownUnit}|${result.low ?? ''}|${result.high ?? ''}|${letter}|F`,
      )
    }
    lines.push('')
  }
  return [...lines, '****LAB****', ...results, '****FIN****', '****FINFICHIER****', ''].join('\r\n')
}
