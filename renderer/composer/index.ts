export { Composer } from './composer.tsx'
export { PinDialog } from './pin-dialog.tsx'
export { RecipientsField } from './recipients-field.tsx'
