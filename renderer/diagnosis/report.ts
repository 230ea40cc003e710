import {
  DiagnosisArea,
  diagnosisLevel,
  type Diagnosis,
  type DiagnosisCode,
  type diagnosisCodes,
  type DiagnosisLevel,
  type DiagnosisLine,
} from '../../app/contract/index.ts'
import { dateTime, fullDate, size, t } from '../i18n/index.ts'

/** A finding in words. */
export interface Finding {
  level: DiagnosisLevel
  sentence: string
  /** What to do; null when nothing is. */
  todo: string | null
}

const isoDate = /^\d{4}-\d{2}-\d{2}T/

/** Codes that leave something to do. */
type Unsettled = Exclude<DiagnosisCode, (typeof diagnosisCodes.ok)[number]>

/** One finding: dates and sizes as people read them, hosts and numbers as they are. */
export const findingOf = ({ code, details }: DiagnosisLine): Finding => {
  const level = diagnosisLevel(code)
  const shown: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(details)) {
    if (name === 'free' && typeof value === 'number') shown[name] = size(value)
    else if (name === 'at' && typeof value === 'string' && isoDate.test(value)) shown[name] = dateTime(value)
    else if (typeof value === 'string' && isoDate.test(value)) shown[name] = fullDate(value)
    // Ports and milliseconds are no quantities to be grouped: « 1 143 » is no port.
    else if (name === 'port' || name === 'milliseconds') shown[name] = String(value)
    else shown[name] = value
  }
  return {
    level,
    // A detail nobody told leaves a gap.
    sentence: t(`diagnosis.line-${code}`, shown).replace(/ {2,}/g, ' '),
    todo: level === 'ok' ? null : t(`diagnosis.todo-${code as Unsettled}`, shown),
  }
}

/** Findings by area, in the order of the report; areas nobody has looked at yet are left out. */
export const byArea = (diagnosis: Diagnosis): { area: DiagnosisArea; findings: Finding[] }[] =>
  DiagnosisArea.options
    .map((area) => ({
      area,
      findings: diagnosis.lines.filter((line) => line.area === area).map(findingOf),
    }))
    .filter(({ findings }) => findings.length > 0)

const marks: Readonly<Record<DiagnosisLevel, string>> = {
  ok: '[ok]',
  attention: '[!]',
  fault: '[!!]',
  unknown: '[?]',
}

/** The report as text, for support: no name, no address of a person, no RPPS. */
export const reportText = (diagnosis: Diagnosis): string => {
  const parts = byArea(diagnosis).map(({ area, findings }) => [
    '',
    t(`diagnosis.area-${area}`),
    ...findings.flatMap(({ level, sentence: text, todo }) => [
      `  ${marks[level].padEnd(4)} ${text}`,
      ...(todo === null ? [] : [`       ${t('diagnosis.reportTodo', { todo })}`]),
    ]),
  ])
  return [t('diagnosis.reportHead', { at: dateTime(diagnosis.at) }), ...parts.flat(), ''].join('\n')
}
