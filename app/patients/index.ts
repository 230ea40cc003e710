export { patientFindings } from './findings.ts'
export { createPatients, type Patients } from './patients.ts'
export { createRereading } from './rereading.ts'
