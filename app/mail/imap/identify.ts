import type { ImapFlow } from 'imapflow'
import type { Vault } from '../../vault/index.ts'
import { must } from '../net/failure.ts'
import { headerOf, headerPart, identityOf } from './headers.ts'
import { packUids } from './sync.ts'

/** Beyond so many sizes to ask for one by one, the sizes of the whole folder are cheaper. */
const fewSizes = 20

/**
 * Finds messages in the selected folder by what does not change with folder and UID: size, then the hash of the raw
 * headers (models.md §9.2.1). Answers UID → message id; what is not there is left out.
 */
export const findByIdentity = async (
  vault: Vault,
  client: ImapFlow,
  ids: readonly number[],
): Promise<Map<number, number>> => {
  const wanted = new Map<string, number[]>()
  const sizes = new Set<number>()
  for (const { id, identity, size } of must(await vault.run('queue.identities', { ids: [...ids] }))) {
    sizes.add(size)
    const key = Buffer.from(identity).toString('hex')
    wanted.set(key, [...(wanted.get(key) ?? []), id])
  }
  const candidates = await uidsOfSizes(client, sizes)
  return candidates.length === 0 ? new Map() : await matchHeaders(client, packUids(candidates), wanted)
}

/** UID → id for the messages of a UID set whose headers hash to one of the identities (hex) wanted, each id once. */
export const matchHeaders = async (
  client: ImapFlow,
  set: string,
  wanted: ReadonlyMap<string, readonly number[]>,
): Promise<Map<number, number>> => {
  const left = new Map([...wanted].map(([key, list]) => [key, [...list]]))
  const found = new Map<number, number>()
  const query = { uid: true, size: true, bodyParts: [headerPart] }
  for (const message of await client.fetchAll(set, query, { uid: true })) {
    const identity = identityOf(headerOf(message), message.size ?? 0)
    const id = left.get(Buffer.from(identity).toString('hex'))?.shift()
    if (id !== undefined) found.set(message.uid, id)
  }
  return found
}

const uidsOfSizes = async (client: ImapFlow, sizes: ReadonlySet<number>): Promise<number[]> => {
  const uids = new Set<number>()
  if (sizes.size <= fewSizes)
    for (const size of sizes) {
      const found = await client.search({ larger: size - 1, smaller: size + 1 }, { uid: true })
      for (const uid of Array.isArray(found) ? found : []) uids.add(uid)
    }
  else
    for (const message of await client.fetchAll('1:*', { uid: true, size: true }, { uid: true }))
      if (sizes.has(message.size ?? 0)) uids.add(message.uid)
  return [...uids].toSorted((a, b) => a - b)
}
