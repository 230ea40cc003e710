/** Reserved for issue 5; its owner fills it or removes it. */
export const accountKindsStep = { version: 12, name: 'account-kinds', sql: 'SELECT 1;' } as const
