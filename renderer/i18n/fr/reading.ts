export const reading = {}
