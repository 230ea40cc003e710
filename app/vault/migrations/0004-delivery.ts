/** Reserved while several themes of the schema are written side by side. */
export const delivery = {
  version: 4,
  name: 'delivery',
  sql: 'SELECT 1',
} as const
