export { SettingsDialog, type SettingsPage } from './settings-dialog.tsx'
