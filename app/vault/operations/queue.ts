/** Operations on queue, written with app/mail. */
export const queueOperations = {}
