/** Reserved. */
export const verdicts = {
  version: 12,
  name: 'verdicts',
  sql: 'SELECT 1;',
} as const
