import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createPreferences, preferenceFile } from './index.ts'

let folder: string
const faults: unknown[] = []
const open = () => createPreferences(preferenceFile(folder, (error) => faults.push(error)))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'souspli-preferences-'))
  faults.length = 0
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it('keeps preferences over a restart', () => {
  expect(open().get().language).toBe('fr')
  expect(open().set({ language: 'en' })).toMatchObject({ ok: true, value: { language: 'en' } })
  expect(open().get()).toMatchObject({ language: 'en', lockAfterMinutes: 30 })
  expect(faults).toEqual([])
})

it.each(['', '{', '{"language":"tlh"}', 'null'])('starts with the defaults on a damaged file: %j', (text) => {
  writeFileSync(join(folder, 'preferences.json'), text)
  expect(open().get()).toMatchObject({ language: 'fr', lockAfterMinutes: 30 })
})

it('starts with the defaults and tells the log when the file cannot be read', () => {
  mkdirSync(join(folder, 'preferences.json'))
  expect(open().get().language).toBe('fr')
  expect(faults).toHaveLength(1)
})

it('says that nothing was kept when the folder refuses', () => {
  const preferences = open()
  rmSync(folder, { recursive: true })
  expect(preferences.set({ theme: 'dark' })).toMatchObject({ ok: false, error: { code: 'vault.read-only' } })
  expect(preferences.get().theme).toBe('system')
})
