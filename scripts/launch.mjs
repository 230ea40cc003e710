// The door of `npm run demo`, `npm test` and `npm start`: plain JavaScript without dependencies, for Node ≥ 20.
// Installs what is missing (npm packages, Debian packages when root, the native module), then hands over to Node 24.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)
const [command = 'demo', ...rest] = process.argv.slice(2)
const node24 = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node')

const say = (line) => process.stdout.write(`[souspli] ${line}\n`)
const stop = (message, code) => {
  process.stderr.write(`[souspli] ${message}\n`)
  process.exit(code)
}
const run = (program, args, options = {}) => {
  const result = spawnSync(program, args, { stdio: 'inherit', ...options })
  if (result.error) stop(`${program} could not be started: ${result.error.message}`, 1)
  if (result.status !== 0)
    stop(`${program} ${args.join(' ')} ended with code ${result.status ?? result.signal}`, 1)
}

/**
 * What is needed beside npm packages: a `program` on the path, or a `file`. The test operator and the virtual card
 * (`world`) are not needed to open the product itself.
 */
const systemNeeds = [
  {
    what: 'Chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: 'chromium',
    // A snap there; not tried by us.
    ubuntu: 'chromium-browser',
    fedora: 'chromium',
  },
  {
    what: 'fonts',
    file: '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
    debian: 'fonts-dejavu-core',
    fedora: 'dejavu-sans-fonts',
  },
  {
    what: 'Dovecot IMAP',
    file: '/usr/lib/dovecot/imap',
    debian: 'dovecot-imapd',
    fedora: 'dovecot',
    world: true,
  },
  {
    what: 'Dovecot LMTP',
    file: '/usr/lib/dovecot/lmtp',
    debian: 'dovecot-lmtpd',
    fedora: 'dovecot',
    world: true,
  },
  {
    what: 'SoftHSM',
    file: '/usr/lib/softhsm/libsofthsm2.so',
    debian: 'softhsm2',
    fedora: 'softhsm',
    world: true,
  },
  { what: 'OpenSC tools', program: 'pkcs11-tool', debian: 'opensc', fedora: 'opensc', world: true },
  {
    what: 'OpenLDAP server',
    file: '/usr/sbin/slapd',
    debian: 'slapd',
    fedora: 'openldap-servers',
    world: true,
  },
  { what: 'OpenSSL', program: 'openssl', debian: 'openssl', fedora: 'openssl', world: true },
  { what: 'C compiler', program: 'gcc', debian: 'gcc', fedora: 'gcc' },
  { what: 'C++ compiler', program: 'g++', debian: 'g++', fedora: 'gcc-c++' },
  { what: 'C headers', file: '/usr/include/stdlib.h', debian: 'libc6-dev', fedora: 'glibc-devel' },
  { what: 'make', program: 'make', debian: 'make', fedora: 'make' },
  { what: 'Python (node-gyp)', program: 'python3', debian: 'python3', fedora: 'python3' },
]
const onPath = (program) =>
  (process.env.PATH ?? '').split(':').some((folder) => folder !== '' && existsSync(join(folder, program)))
const missingNeeds = () =>
  systemNeeds
    .filter((need) => command !== 'start' || !need.world)
    .filter((need) => (need.file ? !existsSync(need.file) : !(need.programs ?? [need.program]).some(onPath)))

const installSystemPackages = () => {
  const missing = missingNeeds()
  if (missing.length === 0) return
  const onUbuntu =
    existsSync('/etc/os-release') && /^ID=ubuntu$/m.test(readFileSync('/etc/os-release', 'utf8'))
  const nameOf = (need, family) => (family === 'debian' && onUbuntu && need.ubuntu) || need[family]
  const names = (family) => [...new Set(missing.map((need) => nameOf(need, family)))].join(' ')
  say(`missing: ${missing.map((need) => need.what).join(', ')}`)
  const debian = existsSync('/usr/bin/apt-get')
  if (!debian) {
    if (existsSync('/usr/bin/dnf')) stop(`run: sudo dnf install ${names('fedora')}`, 2)
    stop(
      `the operator and the virtual card run on Debian or Ubuntu; in such a machine or container run: apt-get install ${names('debian')}`,
      2,
    )
  }
  if (process.getuid?.() !== 0)
    stop(`run: sudo apt-get update && sudo apt-get install --no-install-recommends ${names('debian')}`, 2)
  say(`apt-get install ${names('debian')}`)
  // Dovecot's package would start a server; ours are started by our own scripts, unprivileged.
  const policy = '/usr/sbin/policy-rc.d'
  const removePolicy = () => rmSync(policy, { force: true })
  const ours = !existsSync(policy)
  if (ours) {
    writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
    process.on('exit', removePolicy) // a failing apt-get ends this program too
  }
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const quiet = { env: environment, stdio: ['ignore', 'ignore', 'inherit'] }
  run('apt-get', ['update', '-qq'], quiet)
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names('debian').split(' ')], quiet)
  if (ours) removePolicy()
  const still = missingNeeds()
  if (still.length > 0) stop(`still missing after apt-get: ${still.map((need) => need.what).join(', ')}`, 2)
}

const installNpmPackages = () => {
  const wanted = createHash('sha256')
    .update(readFileSync('package-lock.json'))
    .update(process.platform)
    .digest('hex')
  const stamp = join('node_modules', '.souspli-setup')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted && existsSync(node24)) return
  say('npm ci (about a minute the first time)')
  // node-gyp would fetch headers; the installed Node's own serve as well (the module is pure N-API).
  const prefix = join(dirname(process.execPath), '..')
  const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {}
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env: { ...process.env, ...headers } })
  writeFileSync(stamp, wanted)
}

const buildNative = () => {
  const output = 'native/virtual-cps/build/virtual-cps.so'
  const before = existsSync(output) ? statSync(output).mtimeMs : 0
  run('make', ['-s', '-C', 'native/virtual-cps'])
  if (statSync(output).mtimeMs !== before) say('virtual card module built')
}

const commands = {
  demo: ['scripts/demo.ts'],
  test: ['scripts/test.ts'],
  start: ['scripts/start.ts'],
  setup: null,
}
if (!(command in commands)) stop(`unknown command ${command}: demo, test, start or setup`, 2)
if (Number(process.versions.node.split('.')[0]) < 20) stop('Node 20 or newer is needed', 2)

installSystemPackages()
installNpmPackages()
if (command !== 'start') buildNative()
const script = commands[command]
if (script === null) {
  say('everything is in place')
} else {
  const separator = rest[0] === '--' ? rest.slice(1) : rest
  const path = `${join(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}`
  // Ctrl+C goes to the whole group: the script below takes its world down, this door waits for it.
  process.on('SIGINT', () => undefined)
  const result = spawnSync(node24, [...script, ...separator], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  })
  process.exit(result.status ?? 1)
}
