import { access, readFile } from 'node:fs/promises'

/** Files of other programs on this workstation: there or not, and their text. */
export const localFiles = {
  fileExists: (path: string): Promise<boolean> =>
    access(path).then(
      () => true,
      () => false,
    ),
  /** Throws the file system's errors. */
  readFile: (path: string): Promise<string> => readFile(path, 'utf8'),
}
