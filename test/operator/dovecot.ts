import { execFileSync, spawn } from 'node:child_process'
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { accepts, presentedSerial, until } from './imap-probe.ts'
import { listenOnOwnPort } from './own-port.ts'
import { people } from './people.ts'
import type { Person } from './people.ts'

/** Debian's Dovecot, run by hand as an unprivileged user in folders of its own. */
export interface DovecotOptions {
  /** Existing, empty, ours; short enough for Unix sockets (108 bytes with their names). */
  folder: string
  certificatePem: string
  keyPem: string
  /** RFC 7662 introspection, called with the bearer token of XOAUTH2 and OAUTHBEARER. */
  introspectionUrl: string
  /** Of SASL, upper case; EXTERNAL comes with client certificates. */
  mechanisms: readonly string[]
  /** Client certificates: whether they are wanted, of which authorities (PEM), and which mailboxes a subject's CN opens. */
  clients: ClientCertificates | null
  /** Extensions it does not announce (QRESYNC, MOVE…): clients must do without. */
  without: readonly string[]
  /** Folder to remove when the server has ended, even should our process die; null keeps it. */
  disposable: string | null
  log: (line: string) => void
}

/** Logins by TLS client certificate (SASL EXTERNAL). */
export interface ClientCertificates {
  /** Asked of everybody, or required. */
  wanted: 'asked' | 'required'
  authoritiesPem: string
  /** By the CN of their certificate: people whose mailbox it is, and others they may open by naming them. */
  mailboxes: ReadonlyMap<string, { own: string; others: readonly string[] }>
}

export interface Dovecot {
  imapPort: number
  /** With TLS from the first byte. */
  imapsPort: number
  lmtpPort: number
  /** Folder of a person's Maildir. */
  maildir: (person: Person) => string
  /** Makes folders and files belong to Dovecot's user. */
  own: (...paths: string[]) => Promise<void>
  /** Presents this certificate (chain) to new connections; resolves when it does. */
  useCertificate: (certificatePem: string, serial: string) => Promise<void>
  doveadm: (...args: string[]) => Promise<string>
  stop: () => Promise<void>
}

/** The French names the operator's mailboxes are made with (RFC 6154 attributes tell their role). */
export const folderNames = {
  drafts: 'Brouillons',
  sent: 'Envoyés',
  trash: 'Corbeille',
  junk: 'Indésirables',
  archive: 'Archives',
} as const

/** Where other people's shared mailboxes appear. */
export const sharedPrefix = 'Partagées'

const serverUser = (): { uid: number; gid: number; user: string; group: string } => {
  const me = userInfo()
  // Debian's nobody and nogroup: never root, whatever started us.
  if (me.uid === 0) return { uid: 65534, gid: 65534, user: 'nobody', group: 'nogroup' }
  return { uid: me.uid, gid: me.gid, user: me.username, group: execFileSync('id', ['-gn']).toString().trim() }
}

const freePorts = async (count: number): Promise<number[]> => {
  const servers = Array.from({ length: count }, () => createServer())
  const ports = await Promise.all(
    servers.map((server) =>
      listenOnOwnPort(
        (port) =>
          new Promise((resolve, reject) => {
            server.once('error', reject)
            server.listen(port, '127.0.0.1', resolve)
          }),
      ),
    ),
  )
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

const special = (name: string, use: string): string =>
  `  mailbox "${name}" {\n    auto = subscribe\n    special_use = \\${use}\n  }\n`

/** What Dovecot 2.3 announces after login with the plugins below. */
const extensions = [
  'IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT SORT=DISPLAY THREAD=REFERENCES THREAD=REFS',
  'THREAD=ORDEREDSUBJECT MULTIAPPEND URL-PARTIAL CATENATE UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED',
  'I18NLEVEL=1 CONDSTORE QRESYNC ESEARCH ESORT SEARCHRES WITHIN CONTEXT=SEARCH LIST-STATUS BINARY MOVE',
  'SNIPPET=FUZZY PREVIEW=FUZZY PREVIEW STATUS=SIZE SAVEDATE LITERAL+ NOTIFY METADATA SPECIAL-USE QUOTA ACL RIGHTS=texk',
].join(' ')

const announced = (without: readonly string[]): string => {
  if (without.length === 0) return ''
  const left = extensions.split(' ').filter((name) => !without.includes(name))
  return `imap_capability = ${left.join(' ')}`
}

/** Whose certificate it is goes into `cards`, whose mailboxes it may ask for by name into `delegates`. */
const externalLogin = ({ folder, clients }: DovecotOptions): string =>
  clients === null
    ? ''
    : `ssl_ca = <${folder}/clients.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
ssl_cert_username_field = commonName
auth_ssl_username_from_cert = yes
auth_ssl_require_client_cert = ${clients.wanted === 'required' ? 'yes' : 'no'}
passdb {
  driver = passwd-file
  mechanisms = external
  master = yes
  args = username_format=%u=%{login_user} ${folder}/delegates
}
passdb {
  driver = passwd-file
  mechanisms = external
  args = username_format=%u ${folder}/cards
}
`

const configuration = (
  options: DovecotOptions,
  imapPort: number,
  imapsPort: number,
  lmtpPort: number,
): string => {
  const { folder } = options
  const { user, group } = serverUser()
  return `# Written by SousPli's test operator: Dovecot 2.3 on loopback, no privileges.
base_dir = ${folder}/run
state_dir = ${folder}/state
instance_name = souspli-test
log_path = ${folder}/dovecot.log
listen = 127.0.0.1
protocols = imap lmtp
default_internal_user = ${user}
default_login_user = ${user}
default_internal_group = ${group}
first_valid_uid = 1
first_valid_gid = 1
mail_home = ${folder}/mail/%u
mail_location = maildir:~/Maildir
mail_attribute_dict = file:%h/dovecot-attributes
mail_plugins = acl quota
mail_max_userip_connections = 100
mail_fsync = never
ssl = yes
ssl_cert = <${folder}/server.pem
ssl_key = <${folder}/server.key
ssl_min_protocol = TLSv1.2
auth_mechanisms = ${options.mechanisms.join(' ').toLowerCase()}${options.clients ? ' external' : ''}
disable_plaintext_auth = yes
auth_failure_delay = 0
${announced(options.without)}
${externalLogin(options)}passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf.ext
}
passdb {
  driver = passwd-file
  mechanisms = plain
  args = scheme=PLAIN username_format=%u ${folder}/users
}
# A password with a one-time code behind it: whether it is good now is asked like that of a token.
passdb {
  driver = oauth2
  mechanisms = plain
  args = ${folder}/oauth2.conf.ext
}
userdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
}
namespace inbox {
  type = private
  inbox = yes
  separator = /
  prefix =
${special(folderNames.drafts, 'Drafts')}${special(folderNames.sent, 'Sent')}${special(folderNames.trash, 'Trash')}${special(folderNames.junk, 'Junk')}${special(folderNames.archive, 'Archive')}}
namespace shared {
  type = shared
  separator = /
  prefix = ${sharedPrefix}/%%u/
  location = maildir:%%h/Maildir:INDEXPVT=~/shared/%%u
  subscriptions = no
  list = yes
}
plugin {
  acl = vfile
  acl_user = %u
  acl_shared_dict = file:${folder}/mail/shared-mailboxes.db
  quota = count:Boite
  quota_rule = *:storage=2G
  quota_vsizes = yes
}
protocol imap {
  mail_plugins = $mail_plugins imap_acl imap_quota
  imap_metadata = yes
  imap_idle_notify_interval = 2 mins
}
protocol lmtp {
  postmaster_address = postmaster@operateur.mssante.test
}
service imap-login {
  inet_listener imap {
    port = ${imapPort}
  }
  inet_listener imaps {
    port = ${imapsPort}
    ssl = yes
  }
  chroot =
  process_min_avail = 1
}
service lmtp {
  inet_listener lmtp {
    port = ${lmtpPort}
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
  chroot =
}
service stats {
  chroot =
}
`
}

const introspection = (url: string): string => `introspection_mode = post
introspection_url = ${url}
username_attribute = username
username_format = %u
active_attribute = active
active_value = true
timeout_msecs = 3000
`

/*
 * The shell waits for Dovecot and for the end of its own standard input. When our process goes, however it goes, the
 * pipe closes and Dovecot is told to stop: no server outlives its parent, and a temporary folder goes with it.
 */
const supervisor = `exec 3<&0
dovecot -F -c "$1/dovecot.conf" </dev/null & server=$!
trap 'asked=yes; kill -TERM $server 2>/dev/null' USR1
( read -r _ <&3; kill -USR1 $$ ) & watcher=$!
while kill -0 $server 2>/dev/null; do wait $server; code=$?; done
kill $watcher 2>/dev/null
[ -n "$asked" ] && [ -n "$2" ] && rm -rf "$2"
exit $code`

const run = (command: string, args: string[]): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve, reject) => {
    const { uid, gid } = serverUser()
    const child = spawn(command, args, { uid, gid, stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output: Buffer.concat(output).toString() }))
  })

const clientFiles = (clients: ClientCertificates | null): Array<[string, string]> => {
  if (clients === null) return []
  const entries = [...clients.mailboxes]
  const cards = entries.map(([name, { own }]) => `${name}:::::::user=${own} nopassword=y\n`)
  const delegates = entries.flatMap(([name, { own, others }]) =>
    [own, ...others].map((mailbox) => `${name}=${mailbox}:::::::nopassword=y\n`),
  )
  return [
    ['clients.pem', clients.authoritiesPem],
    ['cards', cards.join('')],
    ['delegates', delegates.join('')],
  ]
}

const writeFolder = async (options: DovecotOptions): Promise<string[]> => {
  const { folder } = options
  const made = [folder]
  for (const name of ['run', 'state', 'mail']) {
    await mkdir(join(folder, name), { recursive: true, mode: 0o700 })
    made.push(join(folder, name))
  }
  await chmod(join(folder, 'run'), 0o755) // Dovecot insists, with a warning
  const users = Object.values<Person>(people).map(
    ({ address, password }) => `${address}:{PLAIN}${password}::::::\n`,
  )
  const files: Array<[string, string]> = [
    ['server.pem', options.certificatePem],
    ['server.key', options.keyPem],
    ['users', users.join('')],
    ['oauth2.conf.ext', introspection(options.introspectionUrl)],
    ...clientFiles(options.clients),
  ]
  for (const [name, content] of files) {
    await writeFile(join(folder, name), content, { mode: 0o600 })
    made.push(join(folder, name))
  }
  return made
}

/** Starts Dovecot; resolves when it accepts connections. Throws with its log when it does not start. */
export const startDovecot = async (options: DovecotOptions): Promise<Dovecot> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options)
    } catch (error) {
      // Ports are found free, then used: somebody else may have been quicker.
      if (attempt === 3 || !String(error).includes('Address already in use')) throw error
    }
  }
}

const startOnce = async (options: DovecotOptions): Promise<Dovecot> => {
  const { folder } = options
  const { uid, gid } = serverUser()
  const own = async (...paths: string[]): Promise<void> => {
    if (userInfo().uid === 0) for (const path of paths) await chown(path, uid, gid)
  }
  const [imapPort = 0, imapsPort = 0, lmtpPort = 0] = await freePorts(3)
  const config = join(folder, 'dovecot.conf')
  const made = await writeFolder(options)
  await writeFile(config, configuration(options, imapPort, imapsPort, lmtpPort))
  await own(...made, config)

  const child = spawn('sh', ['-c', supervisor, 'sh', folder, options.disposable ?? ''], {
    uid,
    gid,
    cwd: '/',
    detached: true, // Ctrl-C in a terminal is for us; we then stop Dovecot in good order
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const errors: string[] = []
  const keep = (chunk: Buffer): void => {
    if (errors.length < 100) errors.push(chunk.toString())
    options.log(`dovecot: ${chunk.toString().trimEnd()}`)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  let ended = false
  const exit = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => {
      ended = true
      resolve()
    })
  })
  exit.catch(() => {
    ended = true
  })

  const stop = async (): Promise<void> => {
    child.stdin.end()
    // A login process started by a reload can overlook the end for 5 s; mail processes are long gone by then.
    const overdue = setTimeout(() => {
      if (child.pid !== undefined && !ended) process.kill(-child.pid, 'SIGKILL')
    }, 1_500)
    await exit
    clearTimeout(overdue)
  }

  try {
    await until('Dovecot', 15, async () => ended || (await accepts(imapPort)))
  } catch {
    await stop()
  }
  if (ended) {
    const log = await readFile(join(folder, 'dovecot.log'), 'utf8').catch(() => errors.join(''))
    throw new Error(`Dovecot did not start (Debian packages dovecot-imapd and dovecot-lmtpd):\n${log}`)
  }

  return {
    imapPort,
    imapsPort,
    lmtpPort,
    maildir: ({ address }) => join(folder, 'mail', address, 'Maildir'),
    own,
    useCertificate: async (certificatePem, serial) => {
      await writeFile(join(folder, 'server.pem'), certificatePem)
      const { code, output } = await run('doveadm', ['-c', config, 'reload'])
      if (code !== 0) throw new Error(`doveadm reload: ${output}`)
      await until('the new server certificate', 10, async () => (await presentedSerial(imapPort)) === serial)
    },
    doveadm: async (...args) => {
      const { code, output } = await run('doveadm', ['-c', config, ...args])
      if (code !== 0) throw new Error(`doveadm ${args[0]}: ${output}`)
      return output
    },
    stop,
  }
}
