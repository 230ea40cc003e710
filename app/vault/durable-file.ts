import { copyFile, link, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises'
import path from 'node:path'

/** The calls of the file system the vault makes, so that tests can make the disk full. */
export interface VaultFs {
  mkdir: typeof mkdir
  open: typeof open
  rename: typeof rename
  readdir: typeof readdir
  rm: typeof rm
  link: typeof link
  copyFile: typeof copyFile
  statfs: typeof statfs
}

export const nodeFs: VaultFs = { mkdir, open, rename, readdir, rm, link, copyFile, statfs }

/** Makes a rename or a new file survive a power cut; Windows offers nothing of the kind and needs none. */
export const syncFolder = async (fs: VaultFs, folder: string): Promise<void> => {
  if (process.platform === 'win32') return
  const handle = await fs.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Replaces a small file as a whole or not at all: temporary file → fsync → rename → fsync of the folder. */
export const replaceFile = async (fs: VaultFs, file: string, content: string): Promise<void> => {
  const temporary = `${file}.tmp`
  const handle = await fs.open(temporary, 'w', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await fs.rename(temporary, file)
  await syncFolder(fs, path.dirname(file))
}
