/**
 * A server's mailbox and a profile in step with it, prepared once per person and put back before each moment: every
 * moment starts from the same state and can be replayed alone.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { NewAccount } from '../../app/contract/index.ts'
import { openPractice } from '../invariants/practice.fixture.ts'
import type { Operator, Person } from '../operator/index.ts'
import type { Mailbox } from './actions.ts'
import { createDice } from './dice.ts'
import { fillPlayground, mailboxOf, subjectOf } from './letters.ts'
import { noCard } from './no-card.ts'
import { profileVault } from './profile.ts'

export const passphrase = 'la salle d’attente est pleine'

export interface Stage {
  who: Person
  mailbox: Mailbox
  recoveryCode: string
  /** SHA-256 of the messages by subject. */
  sources: Map<string, string>
  /** Puts the server's mailbox back and a profile into `folder`: with an account only, or in step with the server. */
  restore: (folder: string, state: 'empty' | 'synchronised') => Promise<void>
  /** A profile alone, for a second client of the same mailbox. */
  copyProfile: (folder: string, state: 'empty' | 'synchronised') => Promise<void>
}

const run = promisify(execFile)

/** Owners and times kept; a reflink where the file system has them. */
const copyTree = (from: string, to: string): Promise<unknown> => run('cp', ['-a', '--reflink=auto', from, to])

export const accountOf = (operator: Operator, who: Person): NewAccount => ({
  address: who.address,
  displayName: who.displayName,
  kind: who.kind === 'personal' ? 'personal' : 'organisational',
  imap: { host: operator.imap.host, port: operator.imap.port, security: 'starttls' },
  smtp: { host: operator.smtp.host, port: operator.smtp.port, security: 'starttls' },
  auth: { kind: 'password', password: who.password },
})

export const prepareStage = async (
  operator: Operator,
  who: Person,
  folder: string,
  letters: number,
): Promise<Stage> => {
  const messages = await fillPlayground(operator, who, letters, createDice(letters))
  const home = join(operator.folder, 'dovecot/mail', who.address)
  const kept = join(folder, who.key)
  await mkdir(join(kept, 'empty'), { recursive: true })
  const vault = profileVault(join(kept, 'empty/profile'))
  const made = await vault.create({ kind: 'passphrase', passphrase })
  if (!made.ok) throw new Error(made.error.code)
  const { auth, ...account } = accountOf(operator, who)
  const stored = await vault.run('accounts.insert', {
    ...account,
    label: null,
    replyTo: null,
    auth: auth.kind,
    password: who.password,
    card: null,
    maxMessageSize: null,
  })
  if (!stored.ok) throw new Error(stored.error.code)
  await vault.close()
  const { recoveryCode } = made.value
  await mkdir(join(kept, 'synchronised'))
  await cp(join(kept, 'empty/profile'), join(kept, 'synchronised/profile'), { recursive: true })
  const practice = await openPractice(operator.policy, { folder: join(kept, 'synchronised'), card: noCard() })
  await practice.call('session.openWithRecovery', { code: recoveryCode })
  await practice.until('accounts.progress', ({ phase }) => phase === 'idle')
  await practice.stop()
  // The mailbox as it is now, with the server's own index: UIDs and modification sequences are those the profile knows.
  await copyTree(home, join(kept, 'home'))
  const copyProfile: Stage['copyProfile'] = async (to, state) => {
    await rm(to, { recursive: true, force: true })
    await copyTree(join(kept, state), to)
  }
  return {
    who,
    mailbox: mailboxOf(messages),
    recoveryCode,
    sources: new Map(
      messages.map(({ raw }) => [subjectOf(raw), createHash('sha256').update(raw).digest('hex')]),
    ),
    restore: async (to, state) => {
      await rm(home, { recursive: true, force: true })
      await copyTree(join(kept, 'home'), home)
      await copyProfile(to, state)
    },
    copyProfile,
  }
}
