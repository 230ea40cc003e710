export { createCardTls, type CardTls, type ConnectRequest } from './card-tls.ts'
export { cardTlsError } from './failures.ts'
export type { ClientCredential, SignatureScheme } from './credential.ts'
export type { CardTlsSocket } from './socket.ts'
