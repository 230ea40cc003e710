import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

// docs/conformity.md says which code meets a requirement and which test proves it: both must be there.
const root = join(import.meta.dirname, '..')
const requirements = join(root, '../shared/reference/mssante-requirements.tsv')

interface Row {
  id: string
  does: string
  where: string[]
  proofs: { file: string; name: string }[]
  text: string
}

const code = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')

const rows: Row[] = readFileSync(join(root, 'docs/conformity.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| `/.test(line))
  .map((line) => {
    // No cell holds a vertical bar.
    const [, id = '', does = '', where = '', proof = '', text = ''] = line
      .split('|')
      .map((cell) => cell.trim())
    return {
      id: code(id)[0] ?? '',
      does,
      where: code(where),
      proofs: [...proof.matchAll(/`([^`]+)` « ([^»]+) »/g)].map((match) => ({
        file: match[1] ?? '',
        name: (match[2] ?? '').trim(),
      })),
      text,
    }
  })

describe('docs/conformity.md', () => {
  it('has rows, each once, with what SousPli does and whether the text was read', () => {
    expect(rows.length).toBeGreaterThan(70)
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length)
    for (const { id, does, text } of rows) {
      expect(does.length, id).toBeGreaterThan(15)
      expect(['second-hand', 'read', 'ours'], id).toContain(text)
    }
  })

  it.each(rows.map((row) => [row.id, row] as const))('%s names code and tests that exist', (_, row) => {
    expect(row.where.length, 'code').toBeGreaterThan(0)
    for (const path of row.where) expect(existsSync(join(root, path)), path).toBe(true)
    expect(row.proofs.length, 'tests').toBeGreaterThan(0)
    for (const { file, name } of row.proofs) {
      expect(existsSync(join(root, file)), file).toBe(true)
      expect(readFileSync(join(root, file), 'utf8').includes(name), `${file}: ${name}`).toBe(true)
    }
  })

  it.skipIf(!existsSync(requirements))(
    'has a row for every requirement of the dossier (skipped where ../shared is not)',
    () => {
      const ids = readFileSync(requirements, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => line.split('\t')[0] ?? '')
      expect(ids.filter((id) => !rows.some((row) => row.id === id))).toEqual([])
    },
  )
})
