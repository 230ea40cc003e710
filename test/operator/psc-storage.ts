import type { AdapterFactory, AdapterPayload } from 'oidc-provider'

/** Where the simulated provider keeps its sessions, grants and tokens: in memory, one world per provider. */
export const memoryStorage = (): { factory: AdapterFactory; clear: () => void } => {
  const entries = new Map<string, { payload: AdapterPayload; ends: number }>()
  const read = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key)
    if (!entry) return undefined
    if (entry.ends > Date.now()) return entry.payload
    entries.delete(key)
    return undefined
  }
  const factory: AdapterFactory = (model) => {
    const key = (id: string): string => `${model} ${id}`
    const findBy = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
      [...entries.keys()]
        .filter((name) => name.startsWith(`${model} `))
        .map(read)
        .find((payload) => payload !== undefined && matches(payload))
    return {
      upsert: (id, payload, expiresIn = 0) => {
        entries.set(key(id), { payload, ends: expiresIn > 0 ? Date.now() + expiresIn * 1000 : Infinity })
        return Promise.resolve()
      },
      find: (id) => Promise.resolve(read(key(id))),
      findByUid: (uid) => Promise.resolve(findBy((payload) => payload.uid === uid)),
      findByUserCode: (code) => Promise.resolve(findBy((payload) => payload.userCode === code)),
      consume: (id) => {
        const payload = read(key(id))
        if (payload) payload.consumed = Math.floor(Date.now() / 1000)
        return Promise.resolve()
      },
      destroy: (id) => {
        entries.delete(key(id))
        return Promise.resolve()
      },
      revokeByGrantId: (grantId) => {
        for (const [name, { payload }] of entries) if (payload.grantId === grantId) entries.delete(name)
        return Promise.resolve()
      },
    }
  }
  return { factory, clear: () => entries.clear() }
}
