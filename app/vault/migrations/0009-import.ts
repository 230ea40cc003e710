/** Reserved while several themes of the schema are written side by side. */
export const imports = {
  version: 9,
  name: 'import',
  sql: 'SELECT 1',
} as const
