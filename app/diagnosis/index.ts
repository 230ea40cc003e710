export { createDiagnosis, type Diagnose } from './diagnosis.ts'
export type { DiagnosisDependencies } from './dependencies.ts'
export { createAskWeb } from './web.ts'
