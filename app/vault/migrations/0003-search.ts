/** Reserved while several themes of the schema are written side by side. */
export const search = {
  version: 3,
  name: 'search',
  sql: 'SELECT 1',
} as const
