/** Operations on correspondents, written with app/mail. */
export const correspondentOperations = {}
