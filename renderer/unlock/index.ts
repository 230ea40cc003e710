export { CardPicture } from './card-picture.tsx'
export { CardTrouble } from './card-trouble.tsx'
export { PinForm } from './pin-form.tsx'
export { UnlockScreen } from './unlock-screen.tsx'
