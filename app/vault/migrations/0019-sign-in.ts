/** Reserved for issue 5; its owner fills it or removes it. */
export const signInStep = { version: 19, name: 'sign-in', sql: 'SELECT 1;' } as const
