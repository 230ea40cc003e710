import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImapFlow } from 'imapflow'
import { readFileSync } from 'node:fs'
import { folderNames, people, startOperator, type Operator } from '../../test/operator/index.ts'
import { createAccountFor, letter, openPractice, type Practice } from './mail.fixture.ts'
import { code, value } from './outcome.fixture.ts'

const { anne, paul } = people

describe.each([{ without: [] }, { without: ['QRESYNC'] }])(
  'another client on the same mailbox, %o',
  ({ without }) => {
    let operator: Operator
    let practice: Practice
    let other: ImapFlow

    beforeAll(async () => {
      operator = await startOperator({ imap: { without } })
      for (const subject of ['Un', 'Deux', 'Trois', 'Quatre'])
        await operator.deliver({
          from: paul.address,
          to: anne.address,
          raw: letter(paul.address, anne.address, subject),
        })
      practice = await openPractice(operator)
      value(await createAccountFor(practice, 'anne'))
      await practice.witness.until('all', () => (named('Un') && named('Quatre') ? true : undefined))
      await practice.witness.until('idle', () => (practice.witness.state.phase === 'idle' ? true : undefined))
      other = new ImapFlow({
        host: operator.imap.address,
        port: operator.imap.port,
        servername: operator.imap.host,
        secure: false,
        auth: { user: anne.address, pass: anne.password },
        tls: { ca: (operator.policy.trustAnchors ?? []).map((file) => readFileSync(file, 'utf8')) },
        logger: false,
      })
      other.on('error', () => undefined)
      await other.connect()
      await other.mailboxOpen('INBOX')
    })
    afterAll(async () => {
      other.close()
      await practice.close()
      await operator.stop()
    })

    const named = (subject: string) =>
      [...practice.witness.rows.values()].find((row) => row.subject === subject)
    const uidOf = async (subject: string): Promise<string> => {
      const found = (await operator.mailbox('anne').list()).find((message) => message.subject === subject)
      return String(found?.uid ?? 0)
    }

    it('shows its flags', async () => {
      await other.messageFlagsAdd(await uidOf('Un'), ['\\Flagged', '\\Seen'], { uid: true })
      await practice.witness.until('flags', () =>
        named('Un')?.flagged && named('Un')?.seen ? true : undefined,
      )
      await other.messageFlagsRemove(await uidOf('Un'), ['\\Flagged'], { uid: true })
      await practice.witness.until('no flag', () => (named('Un')?.flagged ? undefined : true))
    })

    it('follows its deletions and moves', async () => {
      await other.messageDelete(await uidOf('Deux'), { uid: true })
      await practice.witness.until('gone', () => (named('Deux') ? undefined : true))
      await other.messageMove(await uidOf('Trois'), folderNames.archive, { uid: true })
      value(await practice.mail.syncNow())
      const archive = value(await practice.mail.folders()).find((folder) => folder.role === 'archive')
      await practice.witness.until('moved', () =>
        named('Trois')?.folderId === archive?.id ? true : undefined,
      )
    })

    it('catches up with what happened while away', async () => {
      await practice.mail.stop()
      await other.messageDelete(await uidOf('Un'), { uid: true })
      await other.messageFlagsAdd(await uidOf('Quatre'), ['\\Answered'], { uid: true })
      await operator.deliver({
        from: paul.address,
        to: anne.address,
        raw: letter(paul.address, anne.address, 'Cinq'),
      })
      await practice.restart()
      await practice.witness.until('caught up', () =>
        !named('Un') && named('Quatre')?.answered && named('Cinq') ? true : undefined,
      )
    })

    it('does on the server what was done offline, whatever happened there', async () => {
      await practice.mail.stop()
      const gone = named('Quatre')?.id ?? 0
      const kept = named('Cinq')?.id ?? 0
      value(await practice.mail.setFlag([gone, kept], 'flagged', true))
      value(await practice.mail.delete([gone]))
      await other.messageDelete(await uidOf('Quatre'), { uid: true })
      await practice.restart()
      await operator.mailbox('anne').waitFor((m) => m.subject === 'Cinq' && m.flags.includes('\\Flagged'))
      await practice.witness.until('the lost one leaves', () => (named('Quatre') ? undefined : true))
      expect(code(await practice.mail.row(gone))).toBe('mail.not-found')
    })

    it('acts on the message wherever another client has put it meanwhile, and agrees with the server in the end', async () => {
      await practice.mail.stop()
      const id = named('Cinq')?.id ?? 0
      const folders = value(await practice.mail.folders())
      const folderOf = (role: string) =>
        folders.find((folder) => folder.role === role && folder.mailbox === null)?.id ?? 0
      value(await practice.mail.setFlag([id], 'seen', true))
      value(await practice.mail.move([id], folderOf('archive')))
      value(await practice.mail.move([id], folderOf('inbox')))
      // Meanwhile the other one takes it away and back: under a new UID, which none of our actions names.
      await other.messageMove(await uidOf('Cinq'), folderNames.archive, { uid: true })
      await other.mailboxOpen(folderNames.archive)
      await other.messageMove('1:*', 'INBOX', { uid: true })
      await practice.restart()
      await practice.witness.until('settled', () => {
        const row = named('Cinq')
        return row && !row.pending && row.folderId === folderOf('inbox') ? true : undefined
      })
      const there = await operator.mailbox('anne').waitFor((m) => m.subject === 'Cinq')
      expect(named('Cinq')?.seen).toBe(there.flags.includes('\\Seen'))
    })
  },
)
