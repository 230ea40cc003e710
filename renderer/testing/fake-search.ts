import type {
  Input,
  MessageRow,
  Method,
  SavedSearch,
  SearchAnswer,
  SearchTerm,
} from '../../app/contract/index.ts'
import { reply, type FakePart, type FakeWorld } from './fake-world.ts'

const fold = (value: string): string => value.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
const kinds: Readonly<Record<string, SearchTerm['kind']>> = {
  de: 'sender',
  a: 'recipient',
  patient: 'patient',
  type: 'type',
  sujet: 'subject',
  dans: 'folder',
}

/** Searches one has saved in the gallery. */
const fakeSearches: readonly SavedSearch[] = [
  { id: 1, name: 'Biologie à lire', text: 'type:biologie non lu', scope: { kind: 'all' }, unread: 3 },
  { id: 2, name: 'Mme Moreau', text: 'patient:moreau', scope: { kind: 'all' }, unread: 0 },
]

/** A search as the pictures need it: words anywhere in the row, a few operators shown as understood. */
export const fakeSearch = (
  text: string,
  page: (test: (row: MessageRow) => boolean) => { rows: MessageRow[]; more: boolean },
): SearchAnswer => {
  const understood: SearchTerm[] = []
  const words: string[] = []
  for (const match of text.matchAll(/(-?)(?:([a-zà]+):)?(\S+)/gi)) {
    const [whole, sign = '', operator, value = ''] = match
    const kind = fold(whole) === 'a:pj' ? 'attachment' : (kinds[fold(operator ?? '')] ?? 'word')
    understood.push({
      kind,
      text: kind === 'attachment' ? '' : value,
      negated: sign === '-',
      start: match.index,
      end: match.index + whole.length,
    })
    if (sign === '' && kind !== 'attachment' && kind !== 'folder') words.push(fold(value))
  }
  const hay = (row: MessageRow): string =>
    fold(
      [
        row.subject,
        row.preview,
        row.from.name,
        row.documentLabel,
        row.patient?.birthName,
        row.patient?.firstName,
      ].join(' '),
    )
  const found = page((row) => words.every((word) => hay(row).includes(word)))
  const letters: Readonly<Record<string, string>> = {
    a: 'aàâ',
    c: 'cç',
    e: 'eéèêë',
    i: 'iîï',
    o: 'oô',
    u: 'uùûü',
  }
  const source = words
    .map((word) =>
      Array.from(word.replace(/[^\p{L}\p{N}]/gu, ''), (letter) => `[${letters[letter] ?? letter}]`).join(''),
    )
    .filter((one) => one !== '')
    .join('|')
  const pattern = source === '' ? null : `(?<![\\p{L}\\p{N}])(?:${source})[\\p{L}\\p{N}]*`
  return {
    ...found,
    understood,
    pattern,
    excerpts: found.rows.flatMap((row, index) => {
      if (pattern === null) return []
      const attachment = index % 4 === 2 && row.hasAttachments
      const shown = `… ${attachment ? `${row.subject}. ` : ''}${row.preview} …`
      const ranges = [...shown.matchAll(new RegExp(pattern, 'giu'))].map((match): [number, number] => [
        match.index,
        match.index + match[0].length,
      ])
      return ranges.length === 0
        ? []
        : [
            {
              messageId: row.id,
              field: attachment ? 'attachment' : 'body',
              fileName: attachment ? 'compte-rendu.pdf' : null,
              text: shown,
              ranges,
            },
          ]
    }),
  }
}

/** Searches one has saved: listed, kept, renamed, put in order. */
export const fakeSavedSearches = ({ emit, newId }: FakeWorld): FakePart => {
  let searches: readonly SavedSearch[] = fakeSearches
  return (method, input) => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'searches.list':
        return reply(method, [...searches])
      case 'searches.save': {
        const saved: SavedSearch = { id: newId(), ...given<'searches.save'>(), unread: 0 }
        searches = [...searches, saved]
        emit('searches.changed', [...searches])
        return reply(method, saved.id)
      }
      case 'searches.rename': {
        const { id, name } = given<'searches.rename'>()
        searches = searches.map((one) => (one.id === id ? { ...one, name } : one))
        emit('searches.changed', [...searches])
        return reply(method, null)
      }
      case 'searches.delete':
        searches = searches.filter((one) => one.id !== given<'searches.delete'>().id)
        emit('searches.changed', [...searches])
        return reply(method, null)
      case 'searches.reorder': {
        const { ids } = given<'searches.reorder'>()
        searches = searches.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id))
        emit('searches.changed', [...searches])
        return reply(method, null)
      }
      case 'search.indexing':
        return reply(method, { waiting: 0, done: 0 })
      default:
        return null
    }
  }
}
