import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type CardProfile = 'cps3' | 'cps4' | 'contactless' | 'unknown'

/** Lines of the control file, `key` → `value` (control.c reads them). */
export type Control = Map<string, string>

/** Reads the control file of a card folder. */
export const readControl = async (folder: string): Promise<Control> => {
  const text = await readFile(join(folder, 'control'), 'utf8')
  return new Map(
    text
      .split('\n')
      .filter((line) => line.includes(' ') && !line.startsWith('end '))
      .map((line): [string, string] => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  )
}

/** Replaces the control file at once: the module never sees half a file. */
export const writeControl = async (folder: string, control: Control): Promise<void> => {
  const lines = [...control].map(([key, value]) => `${key} ${value}`)
  const temporary = join(folder, `control.${process.pid}.tmp`)
  await writeFile(temporary, [...lines, `end ${control.get('reader0.generation') ?? '0'}`, ''].join('\n'))
  await rename(temporary, join(folder, 'control'))
}

/** Puts the card in the first reader or takes it out; each counts as one event for the module. */
export const setInserted = async (folder: string, inserted: boolean): Promise<void> => {
  const control = await readControl(folder)
  const generation = Number(control.get('reader0.generation') ?? '0') + 1
  control.set('reader0.card', inserted ? 'A' : 'none').set('reader0.generation', String(generation))
  await writeControl(folder, control)
}

/** Wrong PINs the card still accepts before it blocks (3 to 0). */
export const readTries = async (folder: string): Promise<number> => {
  const state = await readFile(join(folder, 'state'), 'latin1').catch((cause: unknown) => {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return '3'
    throw cause
  })
  return Number(state.charAt(0))
}
