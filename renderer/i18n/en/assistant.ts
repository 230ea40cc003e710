export const assistant = {}
