/** Reserved while several themes of the schema are written side by side. */
export const actions = {
  version: 5,
  name: 'actions',
  sql: 'SELECT 1',
} as const
