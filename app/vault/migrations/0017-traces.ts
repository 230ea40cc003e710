/** Reserved for issue 5; its owner fills it or removes it. */
export const tracesStep = { version: 17, name: 'traces', sql: 'SELECT 1;' } as const
