/** A program that has taken a profile and keeps it until it is killed. */
import { createSoleUse } from './sole-use.ts'

const taken = createSoleUse(process.argv[2] ?? '').take()
if (!taken.ok) throw new Error(taken.error.code)
process.send?.('taken')
setInterval(() => undefined, 1000)
