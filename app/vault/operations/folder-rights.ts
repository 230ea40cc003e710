import type { FolderRights } from '../../contract/index.ts'

/** RFC 4314 §2.1, RFC 2086's `c` and `d` for servers that still say them. */
const letters: Record<keyof FolderRights, RegExp> = {
  read: /r/,
  seen: /s/,
  flag: /w/,
  insert: /i/,
  remove: /[td]/,
  expunge: /[ed]/,
  create: /[kc]/,
  deleteFolder: /[xc]/,
  administer: /a/,
}

/** What the letters of MYRIGHTS let the user do; all of it when the server tells none (one's own folders). */
export const folderRights = (rights: string | null): FolderRights => {
  const has = (right: keyof FolderRights): boolean => rights === null || letters[right].test(rights)
  return {
    read: has('read'),
    seen: has('seen'),
    flag: has('flag'),
    insert: has('insert'),
    remove: has('remove'),
    expunge: has('expunge'),
    create: has('create'),
    deleteFolder: has('deleteFolder'),
    administer: has('administer'),
  }
}
