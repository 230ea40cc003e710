export { foundResults } from './found.ts'
export { buildHistory, keysOf } from './history.ts'
export { patientKeys } from './patient-keys.ts'
