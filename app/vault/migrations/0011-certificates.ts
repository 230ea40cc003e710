/** Reserved. */
export const certificates = {
  version: 11,
  name: 'certificates',
  sql: 'SELECT 1;',
} as const
