/**
 * Style of the frame in which a mail is read. Mails are written for white paper, whatever the theme of the window; links
 * are numbered so that the list under the frame can name them.
 */
const frameStyle = `
:root{color-scheme:light}
html{background:#fff}
body{margin:0;padding:14px 18px;background:#fff;color:#14202b;font:14px/1.6 system-ui,"Segoe UI",sans-serif;overflow-wrap:anywhere;counter-reset:link}
img{max-width:100%;height:auto}
table{max-width:100%;border-collapse:collapse}
td,th{font-size:inherit}
pre{white-space:pre-wrap}
blockquote{margin:8px 0;padding-left:12px;border-left:3px solid #d5dde5;color:#4a5b6b}
a{color:#07525f}
a[href]{text-decoration:underline;counter-increment:link;cursor:help}
a[href]::after{content:"\\00a0[" counter(link) "]";font-size:.78em;color:#4a5b6b;text-decoration:none;display:inline-block}
`

/**
 * The whole document of the mail frame around a sanitised body. Links point nowhere usable: they would open a new window,
 * which the frame's sandbox forbids, so that a click never replaces the mail.
 */
export const frameDocument = (sanitisedBody: string, language: string): string =>
  `<!doctype html><html lang="${language === 'en' ? 'en' : 'fr'}"><head><meta charset="utf-8">` +
  `<meta name="referrer" content="no-referrer"><meta http-equiv="x-dns-prefetch-control" content="off">` +
  `<base target="_blank"><title></title><style>${frameStyle}</style></head><body>${sanitisedBody}</body></html>`
