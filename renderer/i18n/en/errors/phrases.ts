import type { ErrorSentence } from '../../error-sentence.ts'

export const nothing = 'Nothing was changed.'
export const kept = 'Your messages stay encrypted on this computer.'
export const readable = 'Messages already received stay readable.'
export const notSent = 'Nothing has left, your message is kept.'
export const draft = 'Your draft is saved.'
export const raw = 'The original message is kept as it came.'
export const secret = 'No password was sent.'
export const support = 'If it happens again, close and reopen SousPli and tell your support.'
export const resend = 'Ask the sender to send it again.'
export const retries = 'SousPli tries again by itself.'

/** What happened, what is safe, what to do. */
export const sentence = (what: string, safe: string, todo: string): ErrorSentence => ({ what, safe, todo })
