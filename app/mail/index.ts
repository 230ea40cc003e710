export { createMail, type Mail, type MailDependencies } from './mail.ts'
export { draftDocuments } from './outbox/draft-documents.ts'
export type { Logins } from './accounts/accounts.ts'
export type { ServerRules } from './accounts/discovery/index.ts'
export { senderName } from './accounts/sender-name.ts'
export type { Exchange } from './exchange/exchange.ts'
export type { PrintedMessage } from './exchange/printed.ts'
export { htmlToBlocks, textToBlocks } from './mime/html-blocks.ts'
export { createResolver } from './net/resolver.ts'
export {
  errorCode,
  networkError,
  openTcp,
  secureSocket,
  tlsOptions,
  type ClientCertificate,
  type PeerVerification,
} from './net/peer.ts'
export { askWeb, type WebAnswer, type WebRequest } from './net/web.ts'
export { probeServer } from './net/probe.ts'
export {
  decodePart,
  joinSegments,
  parseMessage,
  type BodySegment,
  type MimePart,
  type ParsedMessage,
} from './mime/message.ts'
export { parseReport } from './mime/report.ts'
export { createSourceReader } from './reading/reader.ts'
export { serveReading } from './reading/serve.ts'
export type { Enrichment } from './reading/source.ts'
export { decodeCharset } from './mime/charset.ts'
export { decodeEntities, htmlToText } from './mime/html-text.ts'
export type { TraceExchange } from './traced.ts'
