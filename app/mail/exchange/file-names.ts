import type { MessageRow } from '../../contract/index.ts'

/** Names Windows keeps for devices. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** A bare file name that every system takes: no folder, control, direction-changing or forbidden character. */
export const safeName = (name: string): string => {
  const safe = name
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}<>:"/\\|?*]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 120)
    .replace(/[. ]+$/, '')
    .replace(/^\.+/, '_')
  return safe === '' ? '_' : reserved.test(safe) ? `_${safe}` : safe
}

/** Gives each name once, whatever the case: « a.pdf », then « a (2).pdf ». */
export const uniqueNames = (): ((name: string) => string) => {
  const taken = new Set<string>()
  const next = new Map<string, number>()
  return (name) => {
    const safe = safeName(name)
    const dot = safe.lastIndexOf('.')
    const [stem, extension] = dot > 0 ? [safe.slice(0, dot), safe.slice(dot)] : [safe, '']
    let count = next.get(safe.toLowerCase()) ?? 1
    let candidate = safe
    while (taken.has(candidate.toLowerCase())) {
      count += 1
      candidate = `${stem} (${String(count)})${extension}`
    }
    next.set(safe.toLowerCase(), count)
    taken.add(candidate.toLowerCase())
    return candidate
  }
}

/**
 * `2026-11-22 08h15 – Dr Nom.eml`: the day and the correspondent. Subjects of health mail name patients (XDM subjects do
 * so by rule) and file names are read by backups, indexers, recent-file lists and whoever looks over a shoulder: the
 * subject goes in only when the user asks. A patient's own mailbox is named for what it is, not for the person.
 */
export const messageFileName = (
  row: Pick<MessageRow, 'date' | 'from' | 'subject' | 'trust'>,
  subjectInNames: boolean,
): string => {
  const date = new Date(row.date)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}h${two(date.getMinutes())}`
  const sender = row.trust === 'patient' && !subjectInNames ? 'patient' : row.from.name || row.from.address
  return `${safeName([day, sender.slice(0, 40), ...(subjectInNames ? [row.subject.slice(0, 60)] : [])].filter((part) => part !== '').join(' – '))}.eml`
}
