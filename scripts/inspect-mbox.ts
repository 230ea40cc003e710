const fromLine = Buffer.from('From ')
const lineFeed = 0x0a

/**
 * The messages of an mbox (RFC 4155), « >From » lines put back as they were; null for a file that is a message of its own.
 */
export const mboxMessages = (file: Uint8Array): Uint8Array[] | null => {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length)
  if (!bytes.subarray(0, fromLine.length).equals(fromLine)) return null
  const starts: number[] = []
  for (let at = bytes.indexOf(fromLine); at !== -1; at = bytes.indexOf(fromLine, at + 1)) {
    const afterBlank =
      at === 0 ||
      (bytes[at - 1] === lineFeed &&
        /(?:\n|^)\r?$/.test(bytes.toString('latin1', Math.max(0, at - 3), at - 1)))
    if (afterBlank) starts.push(at)
  }
  return starts.map((start, index) => {
    const header = bytes.indexOf(lineFeed, start)
    const end = starts[index + 1] ?? bytes.length
    const message = header < 0 || header >= end ? Buffer.alloc(0) : bytes.subarray(header + 1, end)
    if (!message.includes('>From ')) return message
    return Buffer.from(message.toString('latin1').replace(/^>(>*From )/gm, '$1'), 'latin1')
  })
}
