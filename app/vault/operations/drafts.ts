/** Operations on drafts, written with app/mail. */
export const draftOperations = {}
