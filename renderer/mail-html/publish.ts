import { fail, ok } from '../../app/contract/index.ts'
import type { Outcome } from '../../app/contract/index.ts'
import { origins } from '../client/index.ts'

/** A ticket as main writes it: a host name, nothing that could change the address around it. */
const ticketForm = /^[a-z0-9-]{8,128}$/

/** Hands a frame's document to main, which serves it under its own header. Gives the frame's address. */
export const publishFrame = async (document: string, signal: AbortSignal): Promise<Outcome<string>> => {
  const prefix = origins()?.mail
  if (!prefix) return fail('core.unavailable', { retry: 'later' })
  try {
    const response = await fetch(`${prefix}publish/`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain;charset=utf-8' },
      body: document,
      signal,
    })
    const ticket = response.ok ? await response.text() : ''
    return ticketForm.test(ticket)
      ? ok(`${prefix}${ticket}/`)
      : fail(response.status === 413 ? 'mime.limit' : 'part.unavailable', { retry: 'later' })
  } catch (cause) {
    return fail('part.unavailable', { retry: 'later', cause })
  }
}
