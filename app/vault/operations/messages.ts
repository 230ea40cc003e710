/** Operations on messages, written with app/mail. */
export const messageOperations = {}
