/** Reserved while several themes of the schema are written side by side. */
export const storageCare = {
  version: 7,
  name: 'storage-care',
  sql: 'SELECT 1',
} as const
