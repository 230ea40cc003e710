import './sign-in.css'

export { CodeForm } from './code-form.tsx'
export { PscSection } from './psc-section.tsx'
export { SignInDialog } from './sign-in-dialog.tsx'
export { SignInWaiting } from './sign-in-waiting.tsx'
export { noWish, SignInWays } from './sign-in-ways.tsx'
