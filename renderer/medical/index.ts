export { MedicalDocuments } from './medical-documents.tsx'
export { useMedical } from './medical-state.ts'
