import { ok, type CoreMethod, type Input, type Outcome, type Output } from './contract/index.ts'
import type { Mail } from './mail/index.ts'
import type { Uploads } from './reading/index.ts'

type Method = Extract<CoreMethod, `drafts.${string}` | `outbox.${string}` | `receipts.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> }

/** The calls of a window about drafts, the outbox and read receipts. `protectionChecks` adds what signing and encrypting lack. */
export const sendingHandlers = (deps: {
  mail: Mail
  uploads: Uploads
  protectionChecks: (content: Output<'drafts.get'>['content']) => Promise<Output<'drafts.check'>>
}): Handlers => {
  const { drafts, outbox, receipts } = deps.mail
  return {
    'drafts.create': (wish) => drafts.create(wish),
    'drafts.list': () => drafts.list(),
    'drafts.get': ({ id }) => drafts.get(id),
    'drafts.save': ({ id, content }) => drafts.save(id, content),
    'drafts.discard': ({ id }) => drafts.discard(id),
    'drafts.attach': async ({ id, uploadId, fileName, mimeType }) => {
      const upload = await deps.uploads.take(uploadId)
      return upload.ok ? drafts.attach(id, { ...upload.value, fileName, mimeType }) : upload
    },
    'drafts.detach': ({ id, attachmentId }) => drafts.detach(id, attachmentId),
    'drafts.check': async ({ id }) => {
      const checks = await drafts.check(id)
      if (!checks.ok) return checks
      const draft = await drafts.get(id)
      if (!draft.ok) return draft
      return ok([...checks.value, ...(await deps.protectionChecks(draft.value.content))])
    },
    'drafts.send': ({ id, ...when }) => drafts.send(id, when),
    'outbox.list': () => outbox.list(),
    'outbox.retry': ({ id }) => outbox.retry(id),
    'outbox.cancel': ({ id }) => outbox.cancel(id),
    'outbox.edit': ({ id }) => outbox.edit(id),
    'outbox.verify': ({ id }) => outbox.verify(id),
    'outbox.confirm': ({ id }) => outbox.confirm(id),
    'outbox.reschedule': ({ id, at }) => outbox.reschedule(id, at),
    'receipts.answer': (wish) => receipts.answer(wish),
  }
}
