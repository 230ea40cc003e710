const maxHeaderSize = 64 * 1024

/**
 * When the last server got a message: the date of its topmost Received field (RFC 5321 §4.4), which a sender cannot put
 * above the receiving operator's. Null when there is none, as in what was filed without being sent.
 */
export const receivedAt = (raw: Uint8Array): Date | null => {
  const text = Buffer.from(raw.subarray(0, maxHeaderSize)).toString('latin1')
  const header = (/^[^]*?\r?\n\r?\n/.exec(text)?.[0] ?? text).replace(/\r?\n[ \t]+/g, ' ')
  const field = /^received:[^\r\n]*/im.exec(header)?.[0] ?? ''
  const date = new Date(field.slice(field.lastIndexOf(';') + 1).replace(/\([^()]*\)/g, ''))
  return field === '' || Number.isNaN(date.getTime()) ? null : date
}
