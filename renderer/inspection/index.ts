import './inspection.css'

export { InspectionPanel } from './inspection-panel.tsx'
