export const unlock = {}
