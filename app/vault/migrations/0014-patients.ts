/** Reserved for issue 5; its owner fills it or removes it. */
export const patientsStep = { version: 14, name: 'patients', sql: 'SELECT 1;' } as const
