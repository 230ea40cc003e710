import { ok, type Outcome } from '../../contract/errors.ts'
import type { Vault } from '../../vault/index.ts'
import type { Announce } from '../changes.ts'
import { storedSource } from '../imap/bodies.ts'
import type { SourceReader } from './reader.ts'

/** Bytes of a source read again; larger ones keep what was read of them. */
const largestSource = 64 * 1024 * 1024
/** Messages forgotten in one transaction. */
const forgottenAtOnce = 50

/** Documents of messages into the index, beside the reading at synchronisation. */
export const createDocumentReading = ({
  vault,
  reader,
  announce,
}: {
  vault: Vault
  reader: SourceReader
  announce: Announce
}) => ({
  /**
   * Those that an earlier program read are read again, newest first, at most `limit`, and their rows told: how many are left.
   * Errors: those of the store; `core.unavailable` when stopped meanwhile.
   */
  reread: async (limit: number): Promise<Outcome<{ left: number }>> => {
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
    if (changed.length > 0) await announce({ ids: changed })
    return ok({ left: Math.max(0, count - ids.length) })
  },
  /** Those of an encrypted message, from its opened content. */
  noteOpened: async (id: number, content: Uint8Array): Promise<void> => {
    const read = await reader.read([content])
    if (!read.ok) return
    const changed = await vault.run('documents.noteOpened', { id, readings: read.value.readings })
    if (changed.ok) await announce({ ids: changed.value })
  },
  /** Takes out of the index what was noted of encrypted messages. */
  forgetOpened: async (): Promise<void> => {
    for (;;) {
      const ids = await vault.run('documents.opened', { limit: forgottenAtOnce })
      if (!ids.ok || ids.value.length === 0) return
      const changed = await vault.run('documents.forget', { ids: ids.value })
      if (!changed.ok) return
      await announce({ ids: changed.value })
    }
  },
})
