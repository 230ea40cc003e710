export { NewPassphrase } from './new-passphrase.tsx'
export { RestoreForm } from './restore-form.tsx'
export { UnlockScreen } from './unlock-screen.tsx'
