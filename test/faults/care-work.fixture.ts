/** The long works on a whole store, in a program that is going to be killed. */
import { join } from 'node:path'
import type { Outcome } from '../../app/contract/errors.ts'
import type { Orders } from './orders.ts'
import { openProfile, profileVault } from './profile.ts'
import type { Tracer } from './trace.ts'

/** Where backups of a practice lie. */
export const backupOf = (folder: string): string => join(folder, 'sauvegarde.souspli')

const must = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(outcome.error.code)
  return outcome.value
}

export const careFor = async (orders: Orders, tracer: Tracer): Promise<void> => {
  const secret = { kind: 'recovery', code: orders.recoveryCode } as const
  const how = { signal: new AbortController().signal, onProgress: () => undefined }
  const file = backupOf(orders.folder)
  if (orders.work === 'restore') {
    const vault = profileVault(orders.profile, orders.programs)
    tracer.mark('work')
    must(await vault.care.restore({ ...how, file, unlock: secret, secret: null }))
    tracer.mark('rest')
    return
  }
  const vault = await openProfile(orders.profile, secret, orders.programs)
  tracer.mark('work')
  if (orders.work === 'backup') must(await vault.care.backup({ ...how, target: file, passphrase: null }))
  else if (orders.work === 'rebuild') must(await vault.care.rebuild({ ...how, secret: null }))
  else
    for (let round = 0; round < 3; round++) {
      must(await vault.care.compact(how))
      must(await vault.care.check(how))
    }
  tracer.mark('rest')
}
