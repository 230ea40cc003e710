import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { folderNames, type Operator } from '../operator/index.ts'
import { owner } from './mailbox.ts'
import { watchMemory } from './memory.ts'

/** Debian's isync and notmuch, configured as in machine-and-peers.md appendix B. Null for a program that is not there. */
export interface Peers {
  /** A copy of the mailbox in `folder`; milliseconds. */
  mbsync: ((folder: string) => Promise<number>) | null
  /** Indexes what mbsync left in `folder`; milliseconds. */
  notmuchNew: ((folder: string) => Promise<number>) | null
  /** Newest 50 messages with all these words as prefixes; milliseconds, process included. */
  notmuchSearch: ((folder: string, text: string) => Promise<number>) | null
  /** Fetches every source and keeps it: peak of its PSS, MiB. */
  naiveImapflow: () => Promise<number>
}

const installed = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Installs what is missing when it may, else says how. */
export const preparePeers = (operator: Operator, log: (line: string) => void): Peers => {
  const packages = { mbsync: 'isync', notmuch: 'notmuch' }
  const missing = Object.entries(packages).flatMap(([program, name]) => (installed(program) ? [] : [name]))
  if (missing.length > 0) {
    const command = ['install', '-y', '--no-install-recommends', ...missing]
    if (userInfo().uid !== 0) log(`no peer figures: as root, apt-get ${command.join(' ')}`)
    else
      try {
        execFileSync('apt-get', command, { stdio: 'ignore' })
      } catch {
        log(`apt-get ${command.join(' ')} failed: no figures of these peers`)
      }
  }
  return {
    naiveImapflow: () => naiveImapflow(operator),
    mbsync: installed('mbsync') ? (folder) => mbsync(operator, folder) : null,
    notmuchNew: installed('notmuch') ? (folder) => notmuch(folder, ['new', '--quiet']) : null,
    notmuchSearch: installed('notmuch')
      ? (folder, text) =>
          notmuch(folder, [
            'search',
            '--output=messages',
            '--limit=50',
            text
              .split(' ')
              .map((word) => `${word}*`)
              .join(' '),
          ])
      : null,
  }
}

const timed = async (command: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> => {
  const begun = performance.now()
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] })
  const complaints: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  const milliseconds = performance.now() - begun
  if (code !== 0) throw new Error(`${command}: ${Buffer.concat(complaints).toString()}`)
  return milliseconds
}

const mbsync = async (operator: Operator, folder: string): Promise<number> => {
  const mail = join(folder, 'mail')
  await mkdir(mail, { recursive: true })
  // The very certificate is trusted: its name is known to the operator's own DNS only.
  const certificate = join(folder, 'server.pem')
  await writeFile(certificate, operator.pki.servers.good.pem)
  const configuration = `IMAPAccount b
Host ${operator.imap.address}
Port ${operator.imap.port}
User ${owner.address}
Pass ${owner.password}
SSLType STARTTLS
CertificateFile ${certificate}
AuthMechs PLAIN
PipelineDepth 50

IMAPStore r
Account b

MaildirStore l
Path ${mail}/
Inbox ${mail}/INBOX
SubFolders Verbatim

Channel c
Far :r:
Near :l:
Patterns *
Create Near
Sync Pull
SyncState *
`
  const file = join(folder, 'mbsyncrc')
  await writeFile(file, configuration)
  return timed('mbsync', ['-q', '-c', file, '-a'], { HOME: folder })
}

const notmuch = async (folder: string, args: string[]): Promise<number> => {
  const file = join(folder, 'notmuch-config')
  const configuration = `[database]
path=${join(folder, 'mail')}
[user]
name=Bench
primary_email=${owner.address}
[new]
tags=unread;inbox
ignore=.mbsyncstate;.uidvalidity;.mbsyncstate.journal;.mbsyncstate.new
[search]
exclude_tags=deleted;spam
[maildir]
synchronize_flags=true
`
  if (args[0] === 'new') await writeFile(file, configuration)
  return timed('notmuch', args, { HOME: folder, NOTMUCH_CONFIG: file })
}

const naiveImapflow = async (operator: Operator): Promise<number> => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'naive-imapflow.ts')], {
    env: {
      ...process.env,
      NAIVE_HOST: operator.imap.address,
      NAIVE_PORT: String(operator.imap.port),
      NAIVE_USER: owner.address,
      NAIVE_PASS: owner.password,
      NAIVE_FOLDERS: ['INBOX', folderNames.archive, folderNames.sent].join('\n'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const watch = watchMemory(() => [child.pid ?? null])
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended])
  const { pss } = watch.read().peak
  watch.stop()
  if (child.exitCode !== null) throw new Error(`naive imapflow ended with ${child.exitCode}`)
  child.kill()
  await ended
  return pss
}
