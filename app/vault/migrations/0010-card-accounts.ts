/** Reserved. */
export const cardAccounts = {
  version: 10,
  name: 'card-accounts',
  sql: 'SELECT 1;',
} as const
