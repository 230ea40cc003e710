/**
 * `npm run diagnose`: « Diagnostic du poste » in a terminal, by the engine of the window (docs/diagnose.md). Reads the policy of
 * this workstation, looks at its card, certificates, servers and stores, changes nothing, asks no PIN.
 *
 *   --json             one JSON object instead of the report
 *   --language fr|en   of the report; fr by default
 *   --policy FILE      instead of the administrator's
 *   --profile FOLDER   where the stores are, instead of SousPli's own
 *   --imap HOST[:PORT][/tls]   a server to look at (STARTTLS on 143 unless told otherwise); --smtp alike, on 587
 *
 * Exit code: 0 when there is no fault, 1 with one, 2 when the command cannot be carried out.
 */
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createCardService, forkCardProcess } from '../app/card/index.ts'
import {
  diagnosisLevel,
  DiagnosisServer,
  fail,
  ok,
  type DiagnosisServer as Server,
} from '../app/contract/index.ts'
import { diagnosisOf } from '../app/diagnosis-handlers.ts'
import { after } from '../app/later.ts'
import { localFiles } from '../app/local-files.ts'
import { createResolver } from '../app/mail/index.ts'
import { wireOutgoing } from '../app/outgoing-wiring.ts'
import { pemOf, readTrustAnchors } from '../app/protection/index.ts'
import { createTrust, serverIssuerOf } from '../app/smime/index.ts'
import { createVaults } from '../app/vault/index.ts'
import { policyPath, readPolicy } from '../main/policy.ts'
import { reportText } from '../renderer/diagnosis/report.ts'
import { setLanguage } from '../renderer/i18n/index.ts'
import { root } from './bundles.ts'

const usage =
  'diagnose [--json] [--language fr|en] [--policy FILE] [--profile FOLDER] [--imap HOST[:PORT][/tls]] [--smtp HOST[:PORT][/tls]]'

/** Why the command cannot be carried out. */
class Unusable extends Error {}

const readArguments = () => {
  try {
    return parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        language: { type: 'string', default: 'fr' },
        policy: { type: 'string' },
        profile: { type: 'string' },
        imap: { type: 'string' },
        smtp: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new Unusable(`${error instanceof Error ? error.message : ''}\n${usage}`)
  }
}

/** `host`, `host:port`, `host:port/tls`. */
const serverOf = (service: 'imap' | 'smtp', text: string | undefined): Server | null => {
  if (text === undefined) return null
  const [, host = '', port, tls] = /^([\w.-]+)(?::(\d+))?(\/tls)?$/.exec(text) ?? []
  const usual = service === 'imap' ? (tls ? 993 : 143) : tls ? 465 : 587
  const parsed = DiagnosisServer.safeParse({
    service,
    server: { host, port: port === undefined ? usual : Number(port), security: tls ? 'tls' : 'starttls' },
  })
  if (!parsed.success) throw new Unusable(`--${service} ${text}: HOST[:PORT][/tls]`)
  return parsed.data
}

/** Where a packaged SousPli keeps its profile (Electron's userData). */
const usualProfile = (): string => {
  const { platform, env } = process
  const base =
    platform === 'win32'
      ? (env['APPDATA'] ?? homedir())
      : platform === 'darwin'
        ? join(homedir(), 'Library/Application Support')
        : (env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'))
  return join(base, 'SousPli', 'profile')
}

const productVersion = (): string => {
  const about: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return typeof about === 'object' && about !== null && 'version' in about ? String(about.version) : '?'
}

const diagnose = async (): Promise<number> => {
  const wished = readArguments()
  if (wished.language !== 'fr' && wished.language !== 'en') throw new Unusable(usage)
  const servers = [serverOf('imap', wished.imap), serverOf('smtp', wished.smtp)].filter((one) => one !== null)
  const policyFile = wished.policy ?? policyPath(process.platform, process.env)
  const read = await readPolicy(policyFile, wished.policy === undefined)
  if (!read.ok) throw new Unusable(`${policyFile}: ${read.error.code}`)
  const policy = read.value
  const anchors = await readTrustAnchors(policy.trustAnchors ?? [])
  const { web, fetchRevocation } = await wireOutgoing(policy)
  const now = (): number => Date.now()
  const trust = createTrust({
    anchors,
    environment: policy.environment ?? 'production',
    now,
    fetch: fetchRevocation,
    // A command keeps nothing.
    store: { get: () => Promise.resolve(null), put: () => Promise.resolve() },
    revocation: policy.revocation ?? 'prefer',
  })
  const anchorsPem = anchors.map(pemOf)
  const serverIssuer = serverIssuerOf(policy)
  const closed = () => Promise.resolve(fail('vault.locked'))
  const vaults = createVaults({
    folder: wished.profile ?? usualProfile(),
    workerEntry: join(root, 'app/vault/worker.ts'),
    random: (length) => new Uint8Array(randomBytes(length)),
    now,
    deviceSecret: { protect: closed, unprotect: closed },
  })
  const card = createCardService({
    startProcess: () => Promise.resolve(forkCardProcess({ entry: join(root, 'app/card/process.ts') })),
    policy,
    platform: process.platform,
    arch: process.arch,
    ...localFiles,
    clock: { after },
    now,
  })
  const run = diagnosisOf({
    start: {
      version: productVersion(),
      policy,
      cardTlsAddon: join(root, 'native/card-tls/build/card-tls.node'),
    },
    card,
    web,
    trust,
    verification: {
      resolver: createResolver(policy.dnsServers ? { servers: policy.dnsServers } : {}),
      anchors: () => anchorsPem,
      verifyServer: (peer) =>
        trust.verifyServer({
          ...peer,
          ...(serverIssuer === undefined ? {} : { issuerCommonName: serverIssuer }),
        }),
    },
    vaults,
    mail: { listAccounts: () => Promise.resolve(ok([])) },
    storage: { lastCheck: () => Promise.resolve(null) },
    isOpen: () => false,
    // The desktop's own; a terminal may have none.
    keyStore: null,
    now,
    monotonic: () => performance.now(),
  })
  try {
    const diagnosis = await run(servers, () => undefined)
    setLanguage(wished.language)
    const lines = diagnosis.lines.map((line) => ({ ...line, level: diagnosisLevel(line.code) }))
    process.stdout.write(
      wished.json ? `${JSON.stringify({ at: diagnosis.at, lines }, null, 2)}\n` : reportText(diagnosis),
    )
    return lines.some(({ level }) => level === 'fault') ? 1 : 0
  } finally {
    await card.stop()
  }
}

try {
  process.exitCode = await diagnose()
} catch (error) {
  if (!(error instanceof Unusable)) throw error
  process.stderr.write(`diagnose: ${error.message}\n`)
  process.exitCode = 2
}
