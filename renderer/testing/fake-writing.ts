import type { Draft, Input, Method, OutboxItem } from '../../app/contract/index.ts'
import { certificateChanges, expiries, knownCertificates, ownKeys } from './fixture-certificates.ts'
import { outboxOf, waitingItem } from './fixture-outbox.ts'
import { anne, correspondents } from './fixture-people.ts'
import { fakeError, refuse, reply, type FakePart, type FakeWorld } from './fake-world.ts'

/** Drafts, what is on its way, and what writing needs: correspondents, keys, certificates. */
export const fakeWriting = ({ scenario, now, emit, newId, rows }: FakeWorld): FakePart => {
  let drafts: Draft[] = []
  let changes = scenario.certificates ? certificateChanges : []
  let outbox: OutboxItem[] = scenario.outbox ? outboxOf(now, fakeError) : []
  return (method, input) => {
    // Calls are checked by the client on the way back; here the input is trusted as the contract types it.
    const given = <M extends Method>(): Input<M> => input as Input<M>
    switch (method) {
      case 'drafts.create': {
        const { kind, sourceId } = given<'drafts.create'>()
        const source = sourceId === null ? undefined : rows.get(sourceId)
        const draft: Draft = {
          id: newId(),
          kind,
          sourceId,
          content: {
            accountId: 1,
            to: source ? [source.from] : [],
            cc: [],
            bcc: [],
            subject: source ? `Re : ${source.subject}` : '',
            text: source ? `\n\n> ${source.preview}` : '',
            html: null,
            sign: true,
            encrypt: false,
            readReceipt: false,
          },
          attachments: [],
          savedAt: now.toISOString(),
        }
        drafts = [...drafts, draft]
        return reply(method, draft)
      }
      case 'drafts.list':
        return reply(method, drafts)
      case 'drafts.get': {
        const draft = drafts.find((one) => one.id === given<'drafts.get'>().id)
        return draft ? reply(method, draft) : refuse('compose.draft-missing')
      }
      case 'drafts.save': {
        const { id, content } = given<'drafts.save'>()
        drafts = drafts.map((one) => (one.id === id ? { ...one, content } : one))
        return reply(method, { savedAt: now.toISOString() })
      }
      case 'drafts.check': {
        const content = drafts.find((one) => one.id === given<'drafts.check'>().id)?.content
        const found = content?.encrypt
          ? content.to.filter((one) => changes.some(({ address }) => address === one.address))
          : []
        const toPatients = (content?.to ?? []).filter(({ address }) => /^\d{15}@patient\./.test(address))
        return reply(method, [
          ...found.map(({ address }) => ({
            ...{ kind: 'certificate-changed' as const, blocking: true, address },
            ...{ trust: null, size: null, limit: null },
          })),
          ...toPatients.map(({ address }) => ({
            ...{ kind: 'recipient-trusted' as const, blocking: false, address },
            ...{ trust: 'patient' as const, size: null, limit: null },
          })),
        ])
      }
      case 'drafts.discard':
        drafts = drafts.filter((one) => one.id !== given<'drafts.discard'>().id)
        return reply(method, null)
      case 'outbox.list':
        return reply(method, outbox)
      case 'drafts.send': {
        const { id, delaySeconds = 0, at } = given<'drafts.send'>()
        const draft = drafts.find((one) => one.id === id)
        if (!draft) return refuse('compose.draft-missing')
        const due = at ?? new Date(Date.now() + delaySeconds * 1000).toISOString()
        const item: OutboxItem = {
          ...waitingItem(now),
          id: newId(),
          subject: draft.content.subject,
          recipients: draft.content.to.map(({ address }) => ({ address, accepted: null, response: null })),
          due: at === undefined && delaySeconds === 0 ? null : { at: due, kind: at ? 'schedule' : 'delay' },
        }
        outbox = [...outbox, item]
        emit('outbox.changed', outbox)
        return reply(method, item)
      }
      case 'outbox.edit': {
        const draft = drafts.at(-1)
        outbox = outbox.filter((item) => item.id !== given<'outbox.edit'>().id)
        emit('outbox.changed', outbox)
        return draft ? reply(method, draft) : refuse('outbox.too-late')
      }
      case 'outbox.cancel':
        outbox = outbox.filter((item) => item.id !== given<'outbox.cancel'>().id)
        emit('outbox.changed', outbox)
        return reply(method, null)
      case 'correspondents.suggest':
        return reply(method, [
          { ...correspondents.marc, trust: 'professional' },
          { ...correspondents.paul, trust: 'professional' },
          { ...anne, trust: 'professional' },
        ])
      case 'keys.list':
        return reply(method, scenario.certificates ? [...ownKeys] : ownKeys.slice(0, 1))
      case 'keys.expiring':
        return reply(method, scenario.certificates ? [...expiries] : [])
      case 'keys.remove':
      case 'keys.dismissExpiry':
      case 'certificates.forget':
        return reply(method, null)
      case 'certificates.export':
        return reply(method, { url: 'https://part.test/certificat.cer' })
      case 'certificates.decide': {
        const { address } = given<'certificates.decide'>()
        changes = changes.filter((change) => change.address !== address)
        return reply(method, null)
      }
      case 'certificates.changes': {
        const { addresses } = given<'certificates.changes'>()
        return reply(
          method,
          changes.filter(({ address }) => addresses.includes(address)),
        )
      }
      case 'certificates.correspondents': {
        const { text } = given<'certificates.correspondents'>()
        const known = scenario.certificates ? knownCertificates : []
        return reply(
          method,
          known.filter(({ address }) => address.includes(text)),
        )
      }
      default:
        return null
    }
  }
}
