import { fail, ok, type Outcome } from '../contract/index.ts'

/** Bytes a window may fetch: decoded only when somebody asks. */
export interface Resource {
  mimeType: string
  /** Clear bytes; null when unknown before decoding. */
  size: number | null
  fileName: string | null
  read: () => Outcome<Uint8Array> | Promise<Outcome<Uint8Array>>
}

export interface Resources {
  /** Opens a group (one message shown, one draft): what it publishes expires together. */
  group: (key: string, messageId?: number) => { publish: (resource: Resource) => string }
  /** Publishes what must stay fetchable until the session locks (attachments of drafts). */
  keep: (resource: Resource) => string
  find: (url: string) => Outcome<Resource>
  /** The message whose group an address is of; null for any other and for what has expired. */
  messageOf: (url: string) => number | null
  clear: () => void
}

const scheme = 'souspli-part://'
/** Messages whose parts stay fetchable at once; older addresses answer `part.expired` and the window asks again. */
const groupsKept = 24

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** Host part of an address: 160 random bits in lower-case base32 (URL parsers fold the case of hosts). */
const token = (random: (length: number) => Uint8Array): string =>
  [...random(32)].map((byte) => base32[byte & 31]).join('')

const nameInPath = (fileName: string | null): string =>
  encodeURIComponent((fileName ?? 'part').replace(/[/\\]/g, '_'))

const nameOf = (url: string): string | undefined =>
  url.startsWith(scheme) ? url.slice(scheme.length).split('/')[0] : undefined

/**
 * Capabilities for `souspli-part://` (architecture §2): an address holds 160 random bits, lives as long as its group is
 * among the last shown and dies when the session locks.
 */
export const createResources = (random: (length: number) => Uint8Array): Resources => {
  const groups = new Map<string, Set<string>>()
  const resources = new Map<string, Resource>()
  const messages = new Map<string, number>()
  const add = (resource: Resource): { name: string; url: string } => {
    const name = token(random)
    resources.set(name, resource)
    return { name, url: `${scheme}${name}/${nameInPath(resource.fileName)}` }
  }
  const drop = (key: string): void => {
    for (const name of groups.get(key) ?? []) {
      resources.delete(name)
      messages.delete(name)
    }
    groups.delete(key)
  }
  return {
    group: (key, messageId) => {
      drop(key)
      const names = new Set<string>()
      groups.set(key, names)
      for (const oldest of groups.keys()) {
        if (groups.size <= groupsKept) break
        drop(oldest)
      }
      return {
        publish: (resource) => {
          const { name, url } = add(resource)
          names.add(name)
          if (messageId !== undefined) messages.set(name, messageId)
          return url
        },
      }
    },
    keep: (resource) => add(resource).url,
    messageOf: (url) => messages.get(nameOf(url) ?? '') ?? null,
    find: (url) => {
      const name = nameOf(url)
      const resource = name === undefined ? undefined : resources.get(name)
      return resource ? ok(resource) : fail('part.expired')
    },
    clear: () => {
      groups.clear()
      messages.clear()
      resources.clear()
    },
  }
}
