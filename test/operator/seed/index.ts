/** The seeded mail of the test operator: fictitious people, patients, documents and mailboxes. */
export { signEntity, type SigningIdentity } from './sign-entity.ts'
export { seededWords } from './seeded-words.ts'
export { landmarks } from './landmarks.ts'
export { generateMailboxes, type SeededMailbox } from './mailboxes.ts'
