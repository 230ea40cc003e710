import { ok, type Outcome } from '../../contract/errors.ts'
import type { Vault } from '../../vault/index.ts'
import { storedSource } from '../imap/bodies.ts'
import type { SourceReader } from './reader.ts'

/** Bytes of a source read again; larger ones keep what was read of them. */
const largestSource = 64 * 1024 * 1024

/**
 * Reads the documents of messages again that an earlier program read, newest first, at most `limit`. Returns the rows that
 * changed and how many are left. Errors: those of the store; `core.unavailable` when stopped meanwhile.
 */
export const rereadDocuments = async (
  { vault, reader }: { vault: Vault; reader: SourceReader },
  limit: number,
): Promise<Outcome<{ changed: number[]; left: number }>> => {
  const unread = await vault.run('documents.unread', { limit })
  if (!unread.ok) return unread
  const { ids, count } = unread.value
  const changed: number[] = []
  for (const id of ids) {
    const source = await storedSource(vault, id)
    if (!source.ok && source.error.code === 'vault.locked') return source
    // A source that is damaged or gone says nothing more; asking for the message gives it again.
    if (!source.ok || source.value === null || source.value.byteLength > largestSource) {
      const passed = await vault.run('documents.pass', { ids: [id] })
      if (!passed.ok) return passed
      continue
    }
    const read = await reader.read([source.value], 'give')
    if (!read.ok) return read
    const stored = await vault.run('documents.store', { ids: [id], readings: read.value.readings })
    if (!stored.ok) return stored
    changed.push(...stored.value)
  }
  return ok({ changed, left: Math.max(0, count - ids.length) })
}
