/** Operations on accounts, written with app/mail. */
export const accountOperations = {}
