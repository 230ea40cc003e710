import type { PageOrigins } from './origins.ts'

/**
 * The windows' policy (models.md §5 row 4). The nonce only admits style elements that libraries insert (React Aria,
 * the development server); scripts come from the bundle and nowhere else. `hmrSocket` is the development server's
 * WebSocket, the only difference in development.
 */
export const windowPolicy = (origins: PageOrigins, nonce: string, hmrSocket: string | null): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' blob: data: ${origins.csp.part}`,
    `font-src 'self'`,
    `connect-src 'self' ${origins.csp.part} ${origins.csp.mail}${hmrSocket === null ? '' : ` ${hmrSocket}`}`,
    `frame-src ${origins.csp.mail}`,
    `worker-src 'self' blob:`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `object-src 'none'`,
    `frame-ancestors 'none'`,
    `require-trusted-types-for 'script'`,
    `trusted-types souspli dompurify ProseMirrorClipboard`,
  ].join('; ')

/** Mail HTML: pictures of the message itself and its own inline styles, nothing else; no script, no form, opaque origin. */
export const mailFramePolicy = (origins: PageOrigins): string =>
  [
    `default-src 'none'`,
    `img-src ${origins.csp.part} data:`,
    `style-src 'unsafe-inline'`,
    `font-src 'none'`,
    `form-action 'none'`,
    `base-uri 'none'`,
    `sandbox`,
  ].join('; ')

/** A part is bytes to fetch or a picture, never a document that acts. */
export const partPolicy = `default-src 'none'; sandbox`
