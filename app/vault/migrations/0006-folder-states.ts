/** Reserved while several themes of the schema are written side by side. */
export const folderStates = {
  version: 6,
  name: 'folder-states',
  sql: 'SELECT 1',
} as const
