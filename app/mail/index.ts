export { createMail, type Mail, type MailDependencies } from './mail.ts'
export { createResolver } from './net/resolver.ts'
export { decodePart, parseMessage, type MimePart, type ParsedMessage } from './mime/message.ts'
export type { Enrichment } from './imap/bodies.ts'
