import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { extractionOf, inLyon, newBase, physician, take, temporary } from './base.fixture.ts'
import { factsOf } from './facts.ts'
import { mailboxAt } from './read.ts'
import { openBase } from './schema.ts'

const program = path.join(import.meta.dirname, 'killed-import.fixture.ts')
const many = extractionOf(
  Array.from({ length: 4000 }, (_, index) => physician(`NOM${String(index)}`, 'Ida', inLyon)),
)

it.each(['read', 'finish'])(
  'keeps the former base when the process is killed in the midst (%s), and imports again',
  async (phase) => {
    const folder = temporary()
    const base = openBase({
      ...{ path: path.join(folder, 'base.db'), key: new Uint8Array(32).fill(3), create: true },
      ...{ cacheKibibytes: 1024, stopping: () => false },
    })
    await take(base, folder, extractionOf([physician('MARTIN', 'Anne')]))
    base.close()
    const file = path.join(folder, 'next')
    writeFileSync(file, many)
    const child = spawn(process.execPath, [program, path.join(folder, 'base.db'), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (piece: Buffer) => {
      said += piece.toString()
      if (said.split('\n').filter((one) => one === phase).length >= (phase === 'read' ? 2 : 1))
        child.kill('SIGKILL')
    })
    await once(child, 'exit')
    expect(said).not.toContain('done')
    const again = newBase(folder)
    expect(again.pragma('integrity_check')).toBe('ok')
    expect(factsOf(again).generation).toMatchObject({ mailboxes: 1, gone: 0 })
    expect(mailboxAt(again, 'anne.martin@medecin.mssante.test')?.goneSince).toBeNull()
    expect(mailboxAt(again, 'ida.nom5@medecin.mssante.test')).toBeNull()
    expect(await take(again, folder, many, { date: Date.parse('2026-11-21T02:00:00Z') })).toMatchObject({
      ...{ mailboxes: 4000, gone: 1 },
    })
  },
)
