/**
 * The product's own schemes, and the one thing Electron and the stand-in do differently: Chromium alone knows no custom
 * scheme, so under the stand-in a page sees an https origin under `.invalid` (a name that never resolves) for each.
 * The stand-in translates addresses at its edge: everything in main/ reads and writes the Electron form; only what a
 * page itself sees (CSP sources, CORS origin, the prefixes handed to the preload) comes from `pageOrigins`.
 */
export const schemes = { app: 'souspli', part: 'souspli-part', mail: 'souspli-mail' } as const

/** Origin of every window of ours, as Electron reports it. */
export const appOrigin = `${schemes.app}://app`

/** The page every window shows. */
export const appPage = `${appOrigin}/index.html`

export type Host = 'electron' | 'electron-standin'

/** Which of the two runs this code: only Electron's own runtime carries `process.versions.electron`. */
export const hostOf = (versions: NodeJS.ProcessVersions): Host =>
  versions['electron'] === undefined ? 'electron-standin' : 'electron'

export interface PageOrigins {
  /** Value of the `Origin` header that our windows send. */
  appOrigin: string
  /** What a page writes before the rest of an address: `prefix + 'ticket/'`. */
  prefixes: { app: string; part: string; mail: string }
  /** CSP source expressions. */
  csp: { part: string; mail: string }
}

/** The origins as a page sees them. */
export const pageOrigins = (host: Host): PageOrigins =>
  host === 'electron'
    ? {
        appOrigin,
        prefixes: { app: `${appOrigin}/`, part: `${schemes.part}://`, mail: `${schemes.mail}://` },
        csp: { part: `${schemes.part}:`, mail: `${schemes.mail}:` },
      }
    : {
        appOrigin: 'https://app.souspli.invalid',
        prefixes: {
          app: 'https://app.souspli.invalid/',
          part: 'https://part.souspli.invalid/',
          mail: 'https://mail.souspli.invalid/',
        },
        csp: { part: 'https://part.souspli.invalid', mail: 'https://mail.souspli.invalid' },
      }

/**
 * May a POST with this `Origin` header come from one of our windows? Electron's custom schemes go round Chromium's CORS
 * loader (electron/electron#51152) and then carry no such header: absent is accepted, since the only other documents of
 * the session, mail frames, have neither scripts nor forms. Another origin, `null` included, is refused.
 */
export const mayBeWindow = (origin: string | null, origins: Pick<PageOrigins, 'appOrigin'>): boolean =>
  origin === null || origin === origins.appOrigin
