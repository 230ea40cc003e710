import { architecturesOf } from '../card/index.ts'
import type { DiagnosisLine } from '../contract/index.ts'
import type { DiagnosisDependencies } from './dependencies.ts'
import { masked } from './masking.ts'

type Lines = Promise<DiagnosisLine[]>

/** Enough of a file to know for which processor it is. */
const headBytes = 4096
/** Package 5.2, the first one that knows the CPS4 (cps-card.md §1.1): its modules call themselves 3.1 and more. */
const leastVersion = '3.1'

/** What runs here, and whether the system's key store works. */
export const programLines = async (deps: DiagnosisDependencies): Lines => {
  const lines: DiagnosisLine[] = [
    { area: 'program', code: 'program-versions', details: { ...deps.program, node: process.versions.node } },
  ]
  if (deps.policy.environment === 'test') lines.push({ area: 'program', code: 'policy-test', details: {} })
  if (deps.keyStore) {
    const kept = await deps.keyStore()
    lines.push({
      area: 'program',
      code: kept.ok && kept.value ? 'key-store-works' : 'key-store-missing',
      details: {},
    })
  }
  lines.push({ area: 'program', code: deps.cardTls() ? 'card-tls-ready' : 'card-tls-missing', details: {} })
  return lines
}

const isOlder = (version: string, least: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [leastMajor = 0, leastMinor = 0] = least.split('.').map(Number)
  return major < leastMajor || (major === leastMajor && minor < leastMinor)
}

/** The PKCS#11 module: there, for this processor, loaded, recent enough. */
export const moduleLines = async (deps: DiagnosisDependencies): Lines => {
  const { found, tried } = await deps.modules()
  const shown = (path: string): string => masked(path, deps.homeFolders)
  const used = deps.card.module()
  const state = deps.card.state()
  const path = used?.path ?? (state.state === 'module-failed' ? state.path : undefined) ?? found[0]
  if (path === undefined || path === '') {
    const where = tried.map(shown).join(' ; ')
    return [{ area: 'module', code: 'module-missing', details: { count: tried.length, where } }]
  }
  const lines: DiagnosisLine[] = []
  const add = (code: DiagnosisLine['code'], details: DiagnosisLine['details']): void => {
    lines.push({ area: 'module', code, details: { path: shown(path), ...details } })
  }
  const architectures = await deps.readHead(path, headBytes).then(architecturesOf, () => null)
  const { arch } = deps.program
  const fits = architectures?.some((one) => one === arch) === true
  if (architectures?.length === 0) add('module-not-library', {})
  else if (architectures && !fits)
    add('module-other-architecture', { file: architectures.join(', '), process: arch })
  else if (architectures) add('module-architecture', { file: architectures.join(', '), process: arch })

  const least = deps.policy.cardModuleVersion ?? leastVersion
  if (used) {
    const version = used.libraryVersion
    if (!/^\d+\.\d+$/.test(version)) add('module-unsure', { description: masked(used.description, []) })
    else
      add(isOlder(version, least) ? 'module-old' : 'module-loaded', {
        version,
        least,
        description: masked(`${used.manufacturer} ${used.description}`.trim(), deps.homeFolders),
      })
  } else if (state.state === 'module-failed') {
    if (state.error.code === 'card.module-too-old')
      add('module-old', { version: String(state.error.details?.['version'] ?? '?'), least, description: '' })
    else if (fits) add('module-failed', { reason: state.error.code })
  }
  return lines
}

const gibibyte = 1024 ** 3
const mebibyte = 1024 ** 2

/** The stores of this workstation and the room they have. */
export const storeLines = async (deps: DiagnosisDependencies): Lines => {
  const { count, unreadable, health } = await deps.stores()
  const lines: DiagnosisLine[] = []
  const add = (code: DiagnosisLine['code'], details: DiagnosisLine['details'] = {}): void => {
    lines.push({ area: 'store', code, details })
  }
  if (count === 0) add('store-none')
  else add('store-present', { count })
  if (unreadable > 0) add('store-unreadable', { count: unreadable })
  if (health?.damaged) add('store-damaged')
  else if (health)
    add(health.checkedAt === null ? 'store-unchecked' : 'store-sound', { at: health.checkedAt ?? '' })
  const free = await deps.freeSpace()
  if (free === null) add('disk-unknown')
  else add(free < 64 * mebibyte ? 'disk-full' : free < gibibyte ? 'disk-low' : 'disk-room', { free })
  return lines
}
