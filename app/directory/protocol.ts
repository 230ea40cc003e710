import type { DirectoryFacets, ErrorCode } from '../contract/index.ts'
import type { ApiFindings, PersonFacts } from './base/apply.ts'
import type { Generation, ImportProgress, ImportWish } from './base/import.ts'
import type { StoredMailbox } from './base/read.ts'
import type { SearchWish } from './base/search.ts'

/** What the base's threads are asked, by name: parameters and answer. One thread reads, another writes. */
export interface BaseWork {
  search: { params: SearchWish; answer: { mailboxes: StoredMailbox[]; more: boolean; near: boolean } }
  person: {
    params: { nationalId: string }
    answer: { mailboxes: StoredMailbox[]; facts: PersonFacts | null; verifiedAt: number | null }
  }
  structure: { params: { structureId: string }; answer: StoredMailbox[] }
  identify: { params: { addresses: readonly string[] }; answer: (StoredMailbox | null)[] }
  /** How many mailboxes of each person, or of each structure, are not gone. */
  counts: {
    params: { nationalIds: readonly string[]; structureIds: readonly string[] }
    answer: { persons: number[]; structures: number[] }
  }
  facts: {
    params: null
    answer: {
      generation: Generation | null
      facets: DirectoryFacets | null
      deltaAt: number | null
      bytes: number
    }
  }
  import: { params: ImportWish; answer: Generation }
  apply: { params: ApiFindings; answer: number }
}
export type WorkName = keyof BaseWork

/** How a thread is started. `stopping`: 1 ends what runs between two statements. */
export interface BaseThreadData {
  role: 'read' | 'write'
  path: string
  key: Uint8Array
  stopping: SharedArrayBuffer
}

export interface ToBase {
  id: number
  name: WorkName
  params: unknown
}
export type FromBase =
  | { kind: 'done'; id: number; answer: unknown }
  | { kind: 'failed'; id: number; code: ErrorCode; trace: string }
  | { kind: 'progress'; progress: ImportProgress }
