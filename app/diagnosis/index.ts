export { createDiagnosis, type Diagnose } from './diagnosis.ts'
export type { DiagnosisDependencies } from './dependencies.ts'
export { askWeb } from './web.ts'
