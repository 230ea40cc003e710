import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A holder of certificates in the directory; fictitious. */
export interface LdapPerson {
  /** National identifier, `8` and the RPPS. */
  uid: string
  name: string
  mail?: string
  certificates: readonly Uint8Array[]
}

export interface Ldap {
  /** `ldap://127.0.0.1:port` and, with a key, `ldaps://…`. */
  url: string
  secureUrl: string | null
  base: string
  stop: () => Promise<void>
}

const program = '/usr/sbin/slapd'
/** The test branch of the IGC-CPS directory (mssante-client.md §4.1). */
const base = 'o=gip-cps-test,c=fr'

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

const ldif = (people: readonly LdapPerson[]): string =>
  [
    'dn: o=gip-cps-test,c=fr\nobjectClass: organization\no: gip-cps-test\n',
    // A branch that lies elsewhere: whoever searches is told where, and goes there or not.
    'dn: ou=ailleurs,o=gip-cps-test,c=fr\nobjectClass: referral\nobjectClass: extensibleObject\nou: ailleurs\nref: ldap://127.0.0.1:1/ou=ailleurs,o=gip-cps-test,c=fr\n',
    ...people.map((one) =>
      [
        `dn: uid=${one.uid},o=gip-cps-test,c=fr`,
        'objectClass: inetOrgPerson',
        `uid: ${one.uid}`,
        `cn: ${one.name}`,
        `sn: ${one.name.split(' ').at(-1) ?? one.name}`,
        ...(one.mail === undefined ? [] : [`mail: ${one.mail}`]),
        ...one.certificates.map((der) => `userCertificate;binary:: ${Buffer.from(der).toString('base64')}`),
        '',
      ].join('\n'),
    ),
  ].join('\n')

/** One slapd on two free ports; null when it ended at once or was not there in time. */
const serve = async (
  configuration: string,
  secure: boolean,
): Promise<Pick<Ldap, 'url' | 'secureUrl' | 'stop'> | null> => {
  const [port, securePort] = [await freePort(), await freePort()]
  const urls = [
    `ldap://127.0.0.1:${String(port)}/`,
    ...(secure ? [`ldaps://127.0.0.1:${String(securePort)}/`] : []),
  ]
  // With a debug level it stays in the foreground; 0 is none.
  const server = spawn(program, ['-d', '0', '-f', configuration, '-h', urls.join(' ')], { stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  const stop = async (): Promise<void> => {
    server.kill('SIGTERM')
    await ended
  }
  const limit = Date.now() + 60_000
  while (server.exitCode !== null || !(await answers(port))) {
    if (server.exitCode !== null || Date.now() > limit) {
      await stop()
      return null
    }
    await wait(20)
  }
  return {
    url: `ldap://127.0.0.1:${String(port)}`,
    secureUrl: secure ? `ldaps://localhost:${String(securePort)}` : null,
    stop,
  }
}

/**
 * An LDAP directory of certificates on loopback: Debian's slapd, as this very user, on free ports, with its files in a folder
 * of its own. Throws when slapd is not installed or does not start.
 */
export const startLdap = async (
  people: readonly LdapPerson[],
  tls?: { certificate: string; key: string },
): Promise<Ldap> => {
  if (!existsSync(program)) throw new Error('slapd is missing: apt-get install --no-install-recommends slapd')
  const folder = await mkdtemp(join(tmpdir(), 'souspli-ldap-'))
  await mkdir(join(folder, 'data'))
  const schemas = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`)
  if (tls) {
    await writeFile(join(folder, 'server.crt'), tls.certificate)
    await writeFile(join(folder, 'server.key'), tls.key, { mode: 0o600 })
  }
  await writeFile(
    join(folder, 'slapd.conf'),
    [
      ...schemas,
      'modulepath /usr/lib/ldap',
      'moduleload back_mdb',
      `pidfile ${join(folder, 'slapd.pid')}`,
      'sizelimit 100',
      ...(tls
        ? [
            `TLSCertificateFile ${join(folder, 'server.crt')}`,
            `TLSCertificateKeyFile ${join(folder, 'server.key')}`,
          ]
        : []),
      'database mdb',
      `suffix "${base}"`,
      `directory ${join(folder, 'data')}`,
      'maxsize 16777216',
      '',
    ].join('\n'),
  )
  const configuration = join(folder, 'slapd.conf')
  await writeFile(join(folder, 'people.ldif'), ldif(people))
  const filled = spawnSync(program, ['-T', 'add', '-f', configuration, '-l', join(folder, 'people.ldif')], {
    encoding: 'utf8',
  })
  if (filled.status !== 0) throw new Error(`slapadd: ${filled.stderr}`)
  try {
    for (let attempt = 1; ; attempt += 1) {
      const served = await serve(configuration, tls !== undefined)
      // Ports are found free, then used: somebody else may have been quicker.
      if (!served && attempt < 3) continue
      if (!served) throw new Error('slapd did not start')
      const { stop, ...urls } = served
      return {
        ...urls,
        base,
        stop: async () => {
          await stop()
          await rm(folder, { recursive: true, force: true })
        },
      }
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}
