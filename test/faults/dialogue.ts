/** Names each piece of an IMAP or SMTP conversation by the step of the protocol it belongs to. */
export type Protocol = 'imap' | 'smtp'
export type Side = 'client' | 'server'

/** A piece of what a side says: `STARTTLS` (the command), `answer to UID MOVE`, `data of LIST`, `end of message`. */
export type NameStep = (side: Side, text: string) => string

/** What a FETCH asks decides what it is. */
const fetchKind = (command: string): string =>
  /BODY\.PEEK\[\]|BODY\[\]/.test(command)
    ? ' of bodies'
    : /BODYSTRUCTURE|ENVELOPE/.test(command)
      ? ' of headers'
      : ' of flags'

const imapVerb = (line: string): { tag: string; verb: string } | null => {
  const found = /^([0-9A-Z]+) ((?:UID )?[A-Z]+)/.exec(line)
  if (!found) return null
  const verb = found[2] ?? ''
  return { tag: found[1] ?? '', verb: /FETCH$/.test(verb) ? `${verb}${fetchKind(line)}` : verb }
}

export const imapSteps = (): NameStep => {
  const verbs = new Map<string, string>()
  let current = ''
  let greeted = false
  return (side, text) => {
    if (side === 'client') {
      if (text.startsWith('DONE')) return 'DONE'
      const command = imapVerb(text)
      if (!command) return current === '' ? 'more' : `more of ${current}`
      current = command.verb
      verbs.set(command.tag, command.verb)
      return command.verb
    }
    if (!greeted) {
      greeted = true
      return 'greeting'
    }
    for (const line of text.split('\r\n')) {
      const tag = /^([0-9A-Z]+) (OK|NO|BAD)/.exec(line)?.[1] ?? ''
      const verb = verbs.get(tag)
      if (verb === undefined) continue
      verbs.delete(tag)
      return `answer to ${verb}`
    }
    if (text.startsWith('+')) return `continuation of ${current}`
    return verbs.size === 0 ? 'news' : `data of ${current}`
  }
}

export const smtpSteps = (): NameStep => {
  let current = ''
  let sending = false
  return (side, text) => {
    if (side === 'server') {
      const name = current === '' ? 'greeting' : `answer to ${current}`
      if (current === 'DATA' && text.startsWith('354')) sending = true
      return name
    }
    if (sending) {
      current = /(^|\r\n)\.\r\n$/.test(text) ? 'end of message' : 'message'
      if (current === 'end of message') sending = false
      return current
    }
    current = /^(EHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|RSET|QUIT|NOOP)/i.exec(text)?.[1]?.toUpperCase() ?? 'more'
    return current
  }
}
