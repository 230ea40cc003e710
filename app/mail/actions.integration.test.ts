import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ImapFlow } from 'imapflow'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderNames, people, startOperator, type Operator } from '../../test/operator/index.ts'
import { identityOf } from './imap/headers.ts'
import { createAccountFor, letter, openPractice, type Practice } from './mail.fixture.ts'
import { code, value } from './outcome.fixture.ts'

const { anne, paul } = people

// The rows of « Conflict rules » in docs/sync.md, in its order: what was done here offline against what the server did meanwhile.
describe.each([{ without: [] }, { without: ['QRESYNC'] }])('actions made offline, %o', ({ without }) => {
  let operator: Operator
  let practice: Practice
  let other: ImapFlow

  beforeAll(async () => {
    operator = await startOperator({ imap: { without } })
    practice = await openPractice(operator)
    value(await createAccountFor(practice, 'anne'))
    await settled()
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

  const settled = () =>
    practice.witness.until('all is told', () =>
      practice.witness.state.phase === 'idle' && practice.witness.state.actions.waiting === 0
        ? true
        : undefined,
    )
  const named = (subject: string) =>
    [...practice.witness.rows.values()].find((row) => row.subject === subject)
  const folderId = async (role: string, name?: string): Promise<number> =>
    value(await practice.mail.folders()).find(
      (folder) =>
        folder.mailbox === null && (name === undefined ? folder.role === role : folder.name === name),
    )?.id ?? 0
  const onServer = async (subject: string, folder = 'INBOX') =>
    (await operator.mailbox('anne').list(folder)).find((message) => message.subject === subject)
  const uidOf = async (subject: string): Promise<string> => String((await onServer(subject))?.uid ?? 0)
  const notices = async () => value(await practice.mail.actions.pending()).notices
  const clearNotices = async () => {
    const ids = (await notices()).map((one) => one.id)
    if (ids.length > 0) value(await practice.mail.actions.dismiss(ids))
  }
  /** A new message both sides know. */
  const arrives = async (subject: string): Promise<number> => {
    await operator.deliver({
      from: paul.address,
      to: anne.address,
      raw: letter(paul.address, anne.address, subject),
    })
    return await practice.witness.until(subject, () => named(subject)?.id)
  }
  /** `here` without connection, `there` by another client, then together again. */
  const apart = async (here: () => Promise<void>, there: () => Promise<void>): Promise<void> => {
    await clearNotices()
    await practice.mail.stop()
    await here()
    await other.mailboxOpen('INBOX')
    await there()
    await other.mailboxClose()
    practice.witness.state.phase = ''
    practice.witness.state.actions.waiting = -1
    await practice.restart()
    await settled()
  }

  it('messages deleted elsewhere are looked at once, not at every answer that names them', async () => {
    for (const n of [1, 2, 3]) await arrives(`passager ${n}`)
    await other.mailboxOpen('INBOX')
    const uids = await Promise.all([1, 2, 3].map((n) => uidOf(`passager ${n}`)))
    await other.messageDelete(uids.join(','), { uid: true })
    await practice.witness.until('all gone', () =>
      [1, 2, 3].some((n) => named(`passager ${n}`)) ? undefined : true,
    )
    const before = practice.witness.state.accountsTold
    // Long enough for hundreds of rounds, were each answer to ask the next question.
    for (let n = 0; n < 500; n++) value(await practice.mail.folders())
    expect(practice.witness.state.accountsTold - before).toBeLessThan(10)
  })

  it('flag against another flag: both hold', async () => {
    const id = await arrives('drapeaux')
    await apart(
      async () => void value(await practice.mail.setFlag([id], 'flagged', true)),
      async () => void (await other.messageFlagsAdd(await uidOf('drapeaux'), ['\\Seen'], { uid: true })),
    )
    expect(named('drapeaux')).toMatchObject({ flagged: true, seen: true, pending: false })
    expect((await onServer('drapeaux'))?.flags).toEqual(expect.arrayContaining(['\\Flagged', '\\Seen']))
  })

  it('flag against the same flag: the user’s last word', async () => {
    const id = await arrives('même drapeau')
    value(await practice.mail.setFlag([id], 'flagged', true))
    await operator
      .mailbox('anne')
      .waitFor((m) => m.subject === 'même drapeau' && m.flags.includes('\\Flagged'))
    await apart(
      async () => void value(await practice.mail.setFlag([id], 'flagged', false)),
      async () =>
        void (await other.messageFlagsAdd(await uidOf('même drapeau'), ['\\Flagged', '\\Seen'], {
          uid: true,
        })),
    )
    expect(named('même drapeau')).toMatchObject({ flagged: false, seen: true })
    expect((await onServer('même drapeau'))?.flags).not.toContain('\\Flagged')
  })

  it('move against a move elsewhere: the server’s place, and a notice', async () => {
    const id = await arrives('deux dossiers')
    const archive = await folderId('archive')
    await apart(
      async () => void value(await practice.mail.move([id], archive)),
      async () =>
        void (await other.messageMove(await uidOf('deux dossiers'), folderNames.junk, { uid: true })),
    )
    const junk = await folderId('junk')
    await practice.witness.until('in junk', () =>
      named('deux dossiers')?.folderId === junk ? true : undefined,
    )
    expect(await notices()).toMatchObject([
      { code: 'mail.changed-elsewhere', kind: 'move', messages: 1, target: { role: 'archive' } },
    ])
  })

  it('move against a deletion: gone, and a notice', async () => {
    const id = await arrives('perdu')
    const archive = await folderId('archive')
    await apart(
      async () => void value(await practice.mail.move([id], archive)),
      async () => void (await other.messageDelete(await uidOf('perdu'), { uid: true })),
    )
    await practice.witness.until('gone', () => (named('perdu') ? undefined : true))
    expect(await notices()).toHaveLength(1)
  })

  it('deletion for good against a flag: kept, shown again, and a notice', async () => {
    const id = await arrives('à garder')
    const other1 = await arrives('à jeter')
    const trash = await folderId('trash')
    value(await practice.mail.move([id, other1], trash))
    await operator.mailbox('anne').waitFor((m) => m.subject === 'à garder', { folder: folderNames.trash })
    await settled()
    await apart(
      async () => void value(await practice.mail.delete([id, other1])),
      async () => {
        await other.mailboxOpen(folderNames.trash)
        const uid = String((await onServer('à garder', folderNames.trash))?.uid)
        await other.messageFlagsAdd(uid, ['\\Flagged'], { uid: true })
      },
    )
    await practice.witness.until('back', () => (named('à garder')?.flagged ? true : undefined))
    expect(await onServer('à garder', folderNames.trash)).toBeDefined()
    expect(await onServer('à jeter', folderNames.trash)).toBeUndefined()
    expect(await notices()).toMatchObject([{ code: 'mail.changed-elsewhere', kind: 'delete-for-good' }])
  })

  it('move into a folder deleted meanwhile: back, and a notice', async () => {
    await other.mailboxCreate('Éphémère')
    value(await practice.mail.syncNow())
    const target = await practice.witness.until('folder', () =>
      [...practice.witness.folders.values()].find((folder) => folder.name === 'Éphémère'),
    )
    const id = await arrives('sans dossier')
    await apart(
      async () => void value(await practice.mail.move([id], target.id)),
      async () => void (await other.mailboxDelete('Éphémère')),
    )
    expect(named('sans dossier')?.folderId).toBe(await folderId('inbox'))
    expect(await onServer('sans dossier')).toBeDefined()
    expect(await notices()).toMatchObject([{ code: 'imap.folder-gone', kind: 'move' }])
  })

  it('move into a folder renamed meanwhile: it goes there', async () => {
    await other.mailboxCreate('Avant')
    await other.append('Avant', letter(paul.address, anne.address, 'témoin'), [])
    value(await practice.mail.syncNow())
    await practice.witness.until('its message', () => named('témoin'))
    const target = named('témoin')?.folderId ?? 0
    const id = await arrives('suit le dossier')
    await apart(
      async () => void value(await practice.mail.move([id], target)),
      async () => void (await other.mailboxRename('Avant', 'Après')),
    )
    expect(await onServer('suit le dossier', 'Après')).toBeDefined()
    expect(await notices()).toEqual([])
  })

  it('UIDVALIDITY changed: the message is found again by what it is', async () => {
    const id = await arrives('renuméroté')
    const other1 = await arrives('renuméroté aussi')
    await other.mailboxCreate('Suivi')
    value(await practice.mail.syncNow())
    const folder = await practice.witness.until('folder', () =>
      [...practice.witness.folders.values()].find((one) => one.name === 'Suivi'),
    )
    value(await practice.mail.move([id, other1], folder.id))
    await operator.mailbox('anne').waitFor((m) => m.subject === 'renuméroté', { folder: 'Suivi' })
    await settled()
    await apart(
      async () => {
        value(await practice.mail.setFlag([id], 'flagged', true))
        value(await practice.mail.delete([other1]))
      },
      async () => {
        await other.mailboxRename('Suivi', 'Ancien')
        await other.mailboxCreate('Suivi')
        await other.mailboxOpen('Ancien')
        await other.messageCopy('1:*', 'Suivi')
        await other.mailboxClose()
        await other.mailboxDelete('Ancien')
      },
    )
    await operator
      .mailbox('anne')
      .waitFor((m) => m.subject === 'renuméroté' && m.flags.includes('\\Flagged'), { folder: 'Suivi' })
    expect(await onServer('renuméroté aussi', folderNames.trash)).toBeDefined()
    expect(named('renuméroté')).toMatchObject({ flagged: true, pending: false })
  })

  it('no right to put anything there: back, and a notice', async () => {
    await other.mailboxCreate('Fermé')
    value(await practice.mail.syncNow())
    const target = await practice.witness.until('folder', () =>
      [...practice.witness.folders.values()].find((one) => one.name === 'Fermé'),
    )
    const id = await arrives('refusé')
    const maildir = path.join(operator.folder, 'dovecot', 'mail', anne.address, 'Maildir', '.Ferm&AOk-')
    await apart(
      async () => void value(await practice.mail.move([id], target.id)),
      async () => {
        writeFileSync(path.join(maildir, 'dovecot-acl'), 'owner lr\n')
        await Promise.resolve()
      },
    )
    expect(named('refusé')?.folderId).toBe(await folderId('inbox'))
    expect(await notices()).toMatchObject([{ code: 'imap.no-permission', subjects: ['refusé'] }])
  })

  it('appends a local message once, also when cut right after the server had it', async () => {
    const raw = Buffer.from(letter(paul.address, anne.address, 'importé'))
    const archive = await folderId('archive')
    const head = raw.subarray(0, raw.indexOf('\r\n\r\n') + 4)
    const local = {
      message: {
        identity: identityOf(head, raw.length),
        date: Date.UTC(2020, 0, 2),
        from: { name: '', address: paul.address },
        to: [],
        subject: 'importé',
        rawSubject: 'importé',
        flags: 1,
        size: raw.length,
        hasAttachments: false,
        trust: 'professional' as const,
        signed: false,
        encrypted: false,
        messageId: null,
        inReplyTo: null,
        references: [],
      },
      body: {
        raw,
        rawFile: null,
        rawSize: raw.length,
        text: '',
        indexText: '',
        findings: {
          preview: '',
          hasAttachments: false,
          signed: false,
          encrypted: false,
          patient: null,
          documentLabel: null,
          documentCount: 0,
          alert: null,
          report: null,
        },
      },
    }
    await apart(
      async () => {
        const added = value(
          await practice.vault.run('queue.append', { folderId: archive, messages: [local] }),
        )
        const status = await other.status(folderNames.archive, { uidNext: true, uidValidity: true })
        if (!status || !added) throw new Error('no status')
        // As after a cut: the mark was stored, the command sent, its answer lost.
        value(
          await practice.vault.run('queue.sent', {
            id: added.operationId,
            ids: null,
            mark: { uidvalidity: String(status.uidValidity), uidnext: status.uidNext ?? 0 },
          }),
        )
      },
      async () => void (await other.append(folderNames.archive, raw, ['\\Seen'])),
    )
    const copies = (await operator.mailbox('anne').list(folderNames.archive)).filter(
      (message) => message.subject === 'importé',
    )
    expect(copies).toHaveLength(1)
    const again = {
      ...local,
      message: { ...local.message, subject: 'importé 2', date: Date.UTC(2021, 0, 2) },
    }
    value(await practice.vault.run('queue.append', { folderId: archive, messages: [again] }))
    value(await practice.mail.syncNow())
    const both = await operator
      .mailbox('anne')
      .waitFor((m) => m.date.getUTCFullYear() === 2021, { folder: folderNames.archive })
    expect(both.flags).toContain('\\Seen')
    await settled()
  })

  it('undoes, after the server was told, by the inverse', async () => {
    const id = await arrives('aller-retour')
    const moved = value(await practice.mail.move([id], await folderId('archive')))
    await operator
      .mailbox('anne')
      .waitFor((m) => m.subject === 'aller-retour', { folder: folderNames.archive })
    await settled()
    value(await practice.mail.undo(moved))
    await operator.mailbox('anne').waitFor((m) => m.subject === 'aller-retour')
    await practice.witness.until('told', () => (named('aller-retour')?.pending === false ? true : undefined))
    expect(named('aller-retour')).toMatchObject({ folderId: await folderId('inbox'), pending: false })
    expect(code(await practice.mail.undo(999_999))).toBe('mail.cannot-undo')
  })
})
