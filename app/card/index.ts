export { createCardService, type CardService } from './service.ts'
export type { CardPort } from './connection.ts'
export { forkCardProcess } from './fork.ts'
