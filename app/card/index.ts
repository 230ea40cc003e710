export { createCardService, type CardService } from './service.ts'
export type { CardClock, CardPort } from './connection.ts'
export { forkCardProcess } from './fork.ts'
