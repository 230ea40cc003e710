import { mkdir, realpath, rm } from 'node:fs/promises'
import { extname, sep } from 'node:path'

/** Programs and scripts by name: they are only ever saved, never opened. */
const programs = new Set(
  (
    'exe com bat cmd msi msp scr pif cpl jar js jse vbs vbe wsf wsh ps1 psm1 hta lnk url reg inf dll sys chm app command ' +
    'sh bash csh zsh desktop appimage deb rpm pkg dmg iso img vhd vhdx docm xlsm pptm dotm xltm xlam html htm xhtml svg ' +
    'mht mhtml py pl rb'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
)

/** True when the system would run a file of this name rather than show it. */
export const runsWhenOpened = (fileName: string): boolean =>
  programs.has(extname(fileName.trim().replace(/[. ]+$/, '')).toLowerCase())

/**
 * Empties the private folder of « ouvrir avec » copies and makes it anew, for its owner only. False when a copy stays:
 * on Windows a program that shows it holds it; the next lock or start tries again, and neither may fail for it.
 */
export const wipeOpenedFiles = async (folder: string): Promise<boolean> => {
  const wiped = await rm(folder, { recursive: true, force: true, maxRetries: 3 }).then(
    () => true,
    () => false,
  )
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return wiped
}

/** True when `path` really is inside the private folder. */
export const isOpenedFile = async (folder: string, path: string): Promise<boolean> => {
  try {
    return (await realpath(path)).startsWith((await realpath(folder)) + sep)
  } catch {
    return false
  }
}
