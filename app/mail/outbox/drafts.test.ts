import { describe, expect, it } from 'vitest'
import { fail, ok, type Outcome } from '../../contract/errors.ts'
import type { DraftContent } from '../../contract/index.ts'
import type { StoredAccount, StoredDraft, Vault } from '../../vault/index.ts'
import { code, value } from '../outcome.fixture.ts'
import { createDrafts } from './drafts.ts'

const account: Pick<StoredAccount, 'id' | 'address' | 'displayName' | 'kind' | 'replyTo'> = {
  ...{ id: 1, address: 'anne@medecin.mssante.test', displayName: 'Anne', kind: 'personal', replyTo: null },
}

/** A draft with some text and an attachment of so many bytes, and what the two ends take. */
const drafts = (
  draft: { text?: string; attached?: number },
  takes: { server?: number; patients?: number },
) => {
  const content: DraftContent = {
    ...{ accountId: 1, cc: [], bcc: [], subject: 'Essai', text: draft.text ?? '', html: null },
    ...{ sign: false, encrypt: false, readReceipt: false },
    to: [{ name: '', address: '190067511300117@patient.mssante.test' }],
  }
  const attachment = { id: 'a', fileName: 'a.pdf', mimeType: 'application/pdf', partFile: 'f' }
  const stored: StoredDraft = {
    ...{ id: 3, accountId: 1, kind: 'new', sourceId: null, inReplyTo: null, references: [] },
    ...{ content, savedAt: 0 },
    attachments: draft.attached === undefined ? [] : [{ ...attachment, size: draft.attached }],
  }
  const asked: string[] = []
  const run = (name: string): Promise<Outcome<unknown>> => {
    asked.push(name)
    return Promise.resolve(
      name === 'drafts.get' ? ok(stored) : name === 'outbox.add' ? ok(null) : fail('core.internal'),
    )
  }
  const readAll = (): Promise<Outcome<Uint8Array>> => Promise.resolve(ok(new Uint8Array(draft.attached ?? 0)))
  const write = () => Promise.resolve(ok({ id: 'mime' }))
  const remove = () => Promise.resolve(ok(null))
  const made = createDrafts({
    // What checking and sending ask for.
    vault: { run, parts: { readAll, write, remove } } as unknown as Vault,
    accounts: () =>
      Promise.resolve(ok([{ ...account, maxMessageSize: takes.server ?? null } as StoredAccount])),
    rawMessage: () => Promise.resolve(fail('mail.not-found')),
    readableContent: (raw) => Promise.resolve(ok(raw)),
    attachmentUrl: () => 'souspli-part://none',
    classify: () => 'professional',
    displaySubject: (raw) => raw,
    protect: (entity) => Promise.resolve(ok(entity)),
    canSign: () => false,
    extraHeaders: () => ({}),
    largestTo: () => takes.patients ?? null,
    finalContent: (content) => content,
    domainChecks: () => Promise.resolve(ok([])),
    onSent: () => Promise.resolve(ok(null)),
    documents: {
      outgoing: () => Promise.resolve(ok(null)),
      checks: () => Promise.resolve(ok({ checks: [], bytes: 0, people: [] })),
      people: () => Promise.resolve(ok([])),
      replaced: () => Promise.resolve(null),
      restore: () => Promise.resolve(ok(null)),
    },
    replacePrefix: () => '',
    examine: () => [],
    isHealthFile: () => false,
    lockOf: () => null,
    holdsIns: () => false,
    now: () => Date.UTC(2026, 10, 22),
    random: (length) => new Uint8Array(length),
    announce: () => Promise.resolve(),
    onQueued: () => Promise.resolve(),
  })
  return {
    asked,
    sizes: async () =>
      value(await made.check(3)).flatMap(({ kind, size, limit, blocking }) =>
        kind === 'size' ? [{ size, limit, blocking }] : [],
      ),
    send: async () => code(await made.send(3)),
  }
}

describe('the size of a message', () => {
  it('MSS/va1.13: is held against what the server announced, when the draft is checked', async () => {
    const tooLarge = drafts({ attached: 80_000 }, { server: 100_000 })
    expect(await tooLarge.sizes()).toEqual([{ size: 111_522, limit: 100_000, blocking: true }])
    expect(await tooLarge.send()).toBe('compose.too-large')
    expect(tooLarge.asked).not.toContain('outbox.add')
    expect(await drafts({ attached: 70_000 }, { server: 100_000 }).sizes()).toEqual([])
    expect(await drafts({ attached: 70_000 }, {}).sizes()).toEqual([])
  })

  it('MSS/va1.13: is held against it once more in its final bytes, before anything is queued', async () => {
    // Accented letters take three times as many bytes in quoted-printable: no estimate sees it.
    const text = 'é'.repeat(10_000)
    const grown = drafts({ text }, { server: 40_000 })
    expect(await grown.sizes()).toEqual([])
    expect(await grown.send()).toBe('compose.too-large')
    expect(grown.asked).not.toContain('outbox.add')
    const fits = drafts({ text }, { server: 80_000 })
    await fits.send()
    expect(fits.asked).toContain('outbox.add')
  })

  it('ENS-6-size: counts base64 toward the patients’ mailbox, whatever more the server takes', async () => {
    const takes = { server: 100_000_000, patients: 25_000_000 }
    // Under the limit as a file, above it as it travels.
    const tooLarge = drafts({ attached: 18_400_000 }, takes)
    expect(await tooLarge.sizes()).toMatchObject([{ limit: 25_000_000, blocking: true }])
    expect(await tooLarge.send()).toBe('compose.too-large')
    for (const attached of [18_000_000, 18_200_000, 18_262_000]) {
      const fits = drafts({ attached }, takes)
      expect(await fits.sizes(), `${attached}`).toEqual([])
      await fits.send()
      expect(fits.asked).toContain('outbox.add')
    }
    // From one kilobyte above on, whatever the size, as a file and as it travels.
    for (const attached of [18_270_000, 18_500_000, 24_999_999, 25_000_001])
      expect(await drafts({ attached }, takes).send(), `${attached}`).toBe('compose.too-large')
  })
})
