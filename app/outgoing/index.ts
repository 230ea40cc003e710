export { createRoutes } from './routes.ts'
export { createOutgoing, isTooLong, refusalOf, type Outgoing } from './outgoing.ts'
