import './diagnosis.css'

export { DiagnosisDialog } from './diagnosis-dialog.tsx'
