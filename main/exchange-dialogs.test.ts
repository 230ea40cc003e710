import { describe, expect, it } from 'vitest'
import { createWindowCalls, type WindowCallsOptions } from './window-calls.ts'

// A window names what the user chose; only main and the core know where it is.
type Asked = { use: string; paths: string[] }

const calls = (dialog: { open?: string[]; save?: string }) => {
  const asked: Asked[] = []
  const options = {
    core: {
      grantPaths: (use: string, paths: string[]) => {
        asked.push({ use, paths })
        return Promise.resolve({ ok: true, value: 'a-grant-of-twenty-characters' })
      },
    },
    dialog: {
      showOpenDialog: () =>
        Promise.resolve({ canceled: dialog.open === undefined, filePaths: dialog.open ?? [] }),
      showSaveDialog: () =>
        Promise.resolve({ canceled: dialog.save === undefined, filePath: dialog.save ?? '' }),
    },
  } as unknown as WindowCallsOptions
  return { answers: createWindowCalls(options), asked }
}
const window = {} as never

describe('choosing what to import', () => {
  it('answers a grant and bare names, never a folder', async () => {
    const { answers, asked } = calls({ open: ['/home/anne/Courrier/Archives', '/home/anne/x.eml'] })
    expect(await answers['window.chooseImport']({ kind: 'files' }, window)).toEqual({
      ok: true,
      value: { grant: 'a-grant-of-twenty-characters', names: ['Archives', 'x.eml'] },
    })
    expect(asked).toEqual([{ use: 'import', paths: ['/home/anne/Courrier/Archives', '/home/anne/x.eml'] }])
  })
  it('answers null when the user cancels, and asks the core nothing', async () => {
    const { answers, asked } = calls({})
    expect(await answers['window.chooseImport']({ kind: 'folder' }, window)).toEqual({
      ok: true,
      value: null,
    })
    expect(asked).toEqual([])
  })
})

describe('choosing where to export', () => {
  it.each([
    ['eml', true, 'export-folder', '/out'],
    ['eml', false, 'export-file', '/out/m.eml'],
    ['mbox', true, 'export-file', '/out/m.mbox'],
    ['pdf', true, 'export-file', '/out/m.pdf'],
  ] as const)('%s of several: %s is a grant to %s', async (format, several, use, path) => {
    const { answers, asked } = calls({ open: ['/out'], save: path })
    const answer = await answers['window.chooseExport'](
      { format, several, fileName: `../m.${format}` },
      window,
    )
    expect(answer).toMatchObject({ ok: true, value: { name: path.split('/').at(-1) } })
    expect(asked).toEqual([{ use, paths: [path] }])
  })
  it('answers null when the user cancels', async () => {
    const { answers, asked } = calls({})
    for (const several of [true, false])
      expect(
        await answers['window.chooseExport']({ format: 'eml', several, fileName: 'm.eml' }, window),
      ).toEqual({ ok: true, value: null })
    expect(asked).toEqual([])
  })
})
