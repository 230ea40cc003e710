/*
 * DER around a content that stays where it lies: a message's structure is its beginning and its end. What is small is written
 * by pkijs.
 */

/** Identifier and length octets of an element. */
export const derHeader = (identifier: number, length: number): Uint8Array => {
  if (length < 0x80) return Uint8Array.of(identifier, length)
  const octets: number[] = []
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256)
  return Uint8Array.of(identifier, 0x80 | octets.length, ...octets)
}

/** An element with its content. */
export const der = (identifier: number, ...content: Uint8Array[]): Uint8Array => {
  const whole = Buffer.concat(content)
  return Buffer.concat([derHeader(identifier, whole.length), whole])
}

/** DER of a SET OF: members in the ascending order of their encodings (X.690 §11.6). */
export const derSetOf = (members: readonly Uint8Array[]): Uint8Array =>
  der(0x31, ...members.toSorted((a, b) => Buffer.compare(a, b)))

/**
 * The beginning of an element nested in others, whose innermost content comes later: each `around` is an identifier with what
 * stands before and how many bytes come after what is inside it, outermost first.
 */
export const derPrefix = (
  around: readonly { identifier: number; before: Uint8Array; after: number }[],
  contentLength: number,
): Uint8Array => {
  let prefix: Uint8Array = new Uint8Array()
  let after = contentLength
  for (const one of around.toReversed()) {
    const length = one.before.length + prefix.length + after + one.after
    prefix = Buffer.concat([derHeader(one.identifier, length), one.before, prefix])
    after += one.after
  }
  return prefix
}
