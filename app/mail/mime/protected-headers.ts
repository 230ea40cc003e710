/** What is put outside in place of a subject that stays under the encryption (RFC 9788 §3.2.1). */
export const hiddenSubject = '[...]'

const headerEnd = Buffer.from('\r\n\r\n', 'latin1')
const contentType = /^Content-Type:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*/im

/**
 * An entity about to be signed or encrypted with the message's own header fields inside (RFC 9788 §2.1): what was changed or
 * added on the way shows. `outside`, for an encrypted one, are the fields as everyone sees them: they are named inside too
 * (`HP-Outer`), so that the reader can tell what was hidden on purpose. Fields are whole lines, folded ones with their CRLF.
 */
export const withProtectedHeaders = (
  entity: Uint8Array,
  fields: readonly string[],
  outside: readonly string[] | null,
): Uint8Array => {
  const bytes = Buffer.from(entity.buffer, entity.byteOffset, entity.length)
  const end = bytes.indexOf(headerEnd)
  if (end === -1) return entity
  const head = bytes.toString('latin1', 0, end)
  const marked = head.replace(contentType, (field) => `${field};\r\n hp="${outside ? 'cipher' : 'clear'}"`)
  const outer = (outside ?? []).map((field) => `HP-Outer: ${field}`)
  return Buffer.concat([
    Buffer.from([...fields, ...outer, marked].join('\r\n'), 'latin1'),
    bytes.subarray(end),
  ])
}
