import { spawn } from 'node:child_process'
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'souspli-inspect-command-'))
afterAll(() => rmSync(folder, { recursive: true }))
const put = (name: string, text: string | Uint8Array): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

interface Ended {
  code: number | null
  out: string
  err: string
}
const script = join(import.meta.dirname, 'inspect.ts')
const inspect = (args: string[], stdout: number | 'pipe' = 'pipe', leaveEarly = false): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', stdout, 'pipe'] })
    let out = ''
    let err = ''
    child.stdout?.on('data', (bytes: Buffer) => {
      out += bytes.toString()
      if (leaveEarly) child.stdout?.destroy()
    })
    child.stderr?.on('data', (bytes: Buffer) => {
      err += bytes.toString()
    })
    child.on('close', (code) => resolve({ code, out, err }))
  })
const noTrace = ({ err }: Ended): boolean => !/\n\s+at /.test(err)

const letter = put('lettre.txt', 'Une lettre fictive.\n')

test('prints one object and nothing else', async () => {
  const { code, out, err } = await inspect(['document', letter, '--at', '2026-01-12'])
  expect([code, err]).toEqual([0, ''])
  expect(JSON.parse(out)).toMatchObject({ kind: 'text', texts: ['lettre.txt', 'Une lettre fictive.'] })
})

test('says in one line what it cannot do', async () => {
  const wrong = [['document', join(folder, 'absent')], ['autre']]
  for (const ended of await Promise.all(wrong.map((args) => inspect(args)))) {
    expect([ended.code, ended.out]).toEqual([2, ''])
    expect(ended.err).toMatch(/^inspect: [^\n]+\n$/)
  }
})

test('leaves no trace where its output goes nowhere', async () => {
  const long = put('long.txt', 'Une ligne fictive.\n'.repeat(50_000))
  expect(noTrace(await inspect(['document', long], 'pipe', true))).toBe(true)
  const full = await inspect(['document', letter], openSync('/dev/full', 'w'))
  expect([full.code, noTrace(full)]).toEqual([2, true])
})
