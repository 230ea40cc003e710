import type { Correspondent, SendCheck } from '../../app/contract/index.ts'

const addressForm = /^[^\s@<>,;"]{1,64}@(?:[^\s@<>,;."]+\.)+[^\s@<>,;."]{2,}$/u

/** Reads what was typed or pasted: `Nom <adresse>` or bare addresses, separated by commas, semicolons or lines. */
export const readRecipients = (typed: string): { recipients: Correspondent[]; rest: string } => {
  const recipients: Correspondent[] = []
  const rest: string[] = []
  for (const piece of typed.split(/[,;\n]+/)) {
    const trimmed = piece.trim()
    if (trimmed === '') continue
    const named = /^"?([^"<]*?)"?\s*<([^<>]+)>$/.exec(trimmed)
    const address = (named?.[2] ?? trimmed).trim()
    if (addressForm.test(address)) recipients.push({ name: (named?.[1] ?? '').trim(), address })
    else rest.push(trimmed)
  }
  return { recipients, rest: rest.join(', ') }
}

const sameAddress = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase()

/** Adds recipients, each address once, `most` of them (200: the contract's limit of a message). */
export const addRecipients = (
  present: readonly Correspondent[],
  added: readonly Correspondent[],
  most = 200,
): Correspondent[] => {
  const all = [...present]
  for (const one of added) if (!all.some((other) => sameAddress(other.address, one.address))) all.push(one)
  return all.slice(0, most)
}

/** What the core found about one recipient, the worst first. */
export const checkOf = (checks: readonly SendCheck[], address: string): SendCheck | null => {
  const own = checks.filter((check) => check.address !== null && sameAddress(check.address, address))
  return own.find((check) => check.blocking) ?? own[0] ?? null
}
