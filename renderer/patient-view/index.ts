import './patient-view.css'

export { PatientPage } from './patient-page.tsx'
export { PatientsList } from './patients-list.tsx'
