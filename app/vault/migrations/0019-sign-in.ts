/** The name an account logs in with where it is not its address (one-time codes); null for the others. */
export const signInStep = {
  version: 19,
  name: 'sign-in',
  sql: 'ALTER TABLE accounts ADD COLUMN login_name TEXT;',
} as const
