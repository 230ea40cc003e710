/** Reserved while several themes of the schema are written side by side. */
export const bodyStates = {
  version: 8,
  name: 'bodies',
  sql: 'SELECT 1',
} as const
