import { createPrivateKey, X509Certificate } from 'node:crypto'
import {
  fail,
  ok,
  type AppError,
  type Input,
  type Outcome,
  type Policy,
  type RecordTarget,
  type TargetPlace,
  type TargetTest,
} from '../contract/index.ts'
import type { Smime } from '../smime/index.ts'
import type { StoredTarget, Vault } from '../vault/index.ts'
import { peerOf, type DeliveryDependencies } from './delivery.ts'
import { checkFolder, tryFolder } from './folder.ts'
import { tryMllp } from './mllp.ts'

export interface TargetDependencies {
  vault: Vault
  policy: Policy
  importP12: Smime['importP12']
  verification: DeliveryDependencies['verification']
  /** Bytes of a file a window uploaded. */
  takeUpload: (uploadId: string) => Promise<Outcome<Uint8Array>>
  /** The folder the user chose in main's dialog. */
  takeFolder: (grant: string) => Outcome<string>
  changed: () => void
}

type Save = Input<'integration.saveTarget'>

/** What a window may see of a target. */
const shown = ({ id, name, place, managed, client, preferred }: StoredTarget): RecordTarget => ({
  id,
  name,
  place,
  managed,
  client,
  preferred,
})

const pem = (label: string, der: Uint8Array): string =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`

/** PEM of authorities, checked one by one; empty stays empty. */
const checkedAnchors = (text: string): Outcome<string> => {
  if (text.trim() === '') return ok('')
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  try {
    for (const block of blocks) new X509Certificate(block)
  } catch (cause) {
    return fail('integration.anchors-invalid', { retry: 'after-change', cause })
  }
  return blocks.length === 0
    ? fail('integration.anchors-invalid', { retry: 'after-change' })
    : ok(`${blocks.join('\n')}\n`)
}

/** The record systems of this workstation: those of the policy and those of the user. */
export const createTargets = (deps: TargetDependencies) => {
  const { vault } = deps
  const list = (): Promise<Outcome<StoredTarget[]>> => vault.run('targets.list', {})
  const find = async (id: number): Promise<Outcome<StoredTarget>> => {
    const all = await list()
    if (!all.ok) return all
    const one = all.value.find((target) => target.id === id)
    return one ? ok(one) : fail('integration.target-unknown', { retry: 'after-change' })
  }

  const placeOf = async (wish: Save, old: StoredTarget | null): Promise<Outcome<TargetPlace>> => {
    const { place } = wish
    if (place.kind === 'mllp') {
      const anchors = checkedAnchors(place.anchors)
      return anchors.ok ? ok({ ...place, anchors: anchors.value }) : anchors
    }
    if (place.kind === 'mailbox') return ok({ ...place, address: place.address.toLowerCase() })
    // A path never comes from a window: it is the one chosen, or the one there was.
    const chosen = wish.folder === undefined ? null : deps.takeFolder(wish.folder)
    if (chosen && !chosen.ok) return chosen
    const path = chosen ? chosen.value : old?.place.kind === 'folder' ? old.place.path : null
    if (path === null) return fail('integration.folder-invalid', { retry: 'after-change' })
    const folder = await checkFolder(path)
    return folder.ok ? ok({ ...place, path: folder.value }) : folder
  }

  const clientOf = async (
    wish: Save,
  ): Promise<
    Outcome<{ chain: string; key: string; subject: string; expires: number } | null | undefined>
  > => {
    if (wish.client === undefined || wish.client === null) return ok(wish.client)
    const bytes = await deps.takeUpload(wish.client.uploadId)
    if (!bytes.ok) return bytes
    const file = await deps.importP12(bytes.value, wish.client.passphrase)
    if (!file.ok) return file
    const [own] = file.value.keys
    if (!own) return fail('p12.no-key')
    const key = createPrivateKey({ key: Buffer.from(own.pkcs8), format: 'der', type: 'pkcs8' })
    own.pkcs8.fill(0)
    const certificate = new X509Certificate(own.certificate)
    return ok({
      chain: [own.certificate, ...file.value.chain].map((der) => pem('CERTIFICATE', der)).join(''),
      key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
      subject: certificate.subject.split('\n').reverse().join(', '),
      expires: new Date(certificate.validTo).getTime(),
    })
  }

  return {
    list,
    find,
    /** Targets as windows see them. */
    shown: async (): Promise<Outcome<RecordTarget[]>> => {
      const all = await list()
      return all.ok ? ok(all.value.map(shown)) : all
    },
    save: async (wish: Save): Promise<Outcome<RecordTarget>> => {
      const old = wish.id === null ? null : await find(wish.id)
      if (old && !old.ok) return old
      if (old?.value.managed) return fail('integration.target-managed')
      const place = await placeOf(wish, old?.value ?? null)
      if (!place.ok) return place
      const client = await clientOf(wish)
      if (!client.ok) return client
      const saved = await vault.run('targets.save', {
        id: wish.id,
        name: wish.name,
        place: place.value,
        preferred: wish.preferred,
        ...(client.value === undefined ? {} : { client: client.value }),
      })
      if (!saved.ok) return saved
      deps.changed()
      const made = await find(saved.value)
      return made.ok ? ok(shown(made.value)) : made
    },
    remove: async (id: number): Promise<Outcome<null>> => {
      const one = await find(id)
      if (!one.ok) return one
      if (one.value.managed) return fail('integration.target-managed')
      const removed = await vault.run('targets.remove', { id })
      if (!removed.ok) return removed
      if (!removed.value) return fail('integration.target-busy', { retry: 'later' })
      deps.changed()
      return ok(null)
    },
    /** Tries to reach it, without handing anything over. */
    test: async (id: number): Promise<Outcome<TargetTest>> => {
      const one = await find(id)
      if (!one.ok) return one
      const { place } = one.value
      if (place.kind === 'mailbox') return ok({ steps: [{ step: 'address', error: null }] })
      if (place.kind === 'folder') {
        const folder = await tryFolder(place.path)
        const error: AppError | null = folder.ok ? null : folder.error
        return ok({ steps: [{ step: 'folder', error: error && plainError(error) }] })
      }
      const peer = peerOf(one.value, deps.verification)
      if (!peer) return fail('integration.target-unknown')
      const tried = await tryMllp(peer, AbortSignal.timeout(130_000))
      const error = tried.ok ? null : plainError(tried.error)
      const inTls = error?.code.startsWith('tls.') === true
      return ok({
        steps: [
          { step: 'connect', error: inTls ? null : error },
          ...(place.tls && (error === null || inTls) ? [{ step: 'tls' as const, error }] : []),
        ],
      })
    },
    /** Makes the managed targets those of the policy. */
    manage: async (): Promise<Outcome<void>> =>
      await vault.run('targets.manage', { targets: deps.policy.patientRecords ?? [] }),
  }
}

const plainError = ({ code, retry, details }: AppError) => ({
  code,
  retry,
  ...(details ? { details } : {}),
})
