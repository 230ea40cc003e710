import { appendFile, mkdir, open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { WitnessFile } from './mssante/index.ts'
import { workstationName } from './trace-author.ts'

/** Bytes of the newest part that is read: years of testimonies. */
const mostRead = 2 * 1024 * 1024

/** Letters that every file system takes. */
const asFileName = (text: string): string => text.replace(/[^\w.@-]+/g, '_')

/**
 * The witness of a store's traces (docs/traces.md): a text file beside the profile's stores, or in the folder an administrator
 * names (`traceWitnessFolder`), where each workstation and each store has its own. `store` is the one that is open.
 */
export const traceWitness = (wish: {
  profileFolder: string
  folder: string | undefined
  store: () => string
}): WitnessFile => {
  const path = (): string =>
    wish.folder === undefined
      ? join(wish.profileFolder, `trace-witness-${asFileName(wish.store())}.txt`)
      : join(wish.folder, `souspli-traces-${asFileName(workstationName())}-${asFileName(wish.store())}.txt`)
  return {
    read: async () => {
      try {
        const file = await open(path(), 'r')
        try {
          const { size } = await file.stat()
          const from = Math.max(0, size - mostRead)
          const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
          return buffer.toString('latin1', 0, bytesRead)
        } finally {
          await file.close()
        }
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
        throw error
      }
    },
    append: async (line) => {
      await mkdir(dirname(path()), { recursive: true, mode: 0o700 })
      await appendFile(path(), line, { mode: 0o600 })
    },
  }
}
