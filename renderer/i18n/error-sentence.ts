/** An error in words: what happened, what is safe, what to do. */
export interface ErrorSentence {
  what: string
  safe: string
  todo: string
}
