/** Operations on outbox, written with app/mail. */
export const outboxOperations = {}
