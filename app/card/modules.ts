import { posix, win32 } from 'node:path'
import { z } from 'zod'

interface ModuleSearch {
  /** Administrator's modules, tried first. */
  policyPaths: readonly string[]
  platform: NodeJS.Platform
  arch: NodeJS.Architecture
  fileExists: (path: string) => Promise<boolean>
  readFile: (path: string) => Promise<string>
}

/** Where Firefox's native manifests name the CPS module (cps-card.md §1.1). */
const manifests: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/lib64/mozilla/pkcs11-modules/cps3.json', '/usr/lib/mozilla/pkcs11-modules/cps3.json'],
  darwin: ['/Library/Application Support/Mozilla/PKCS11Modules/cps3.json'],
}

/** Where the Cryptolib CPS installs its module; its architecture must be this process's (cps-card.md §1.1). */
const knownPaths = (platform: NodeJS.Platform, arch: NodeJS.Architecture): readonly string[] => {
  if (platform === 'linux')
    return arch === 'x64'
      ? [
          '/opt/santesocial/CPS/lib/libcps3_pkcs11_lux.so',
          '/usr/lib64/libcps3_pkcs11_lux.so',
          '/usr/local/galss/libcps3_pkcs11_lux.so',
        ]
      : []
  if (platform === 'darwin') return ['/usr/local/lib/libcps3_pkcs11_osx.dylib']
  if (platform !== 'win32') return []
  if (arch === 'x64') return ['C:\\Windows\\System32\\cps3_pkcs11_w64.dll']
  // A 32-bit process: SysWOW64 on 64-bit Windows, System32 on the others.
  if (arch === 'ia32')
    return ['C:\\Windows\\SysWOW64\\cps3_pkcs11_w32.dll', 'C:\\Windows\\System32\\cps3_pkcs11_w32.dll']
  return []
}

const Manifest = z.object({ path: z.string().min(1).max(4096) })

const manifestPath = async (search: ModuleSearch, manifest: string): Promise<string | null> => {
  if (!(await search.fileExists(manifest))) return null
  try {
    const text = await search.readFile(manifest)
    if (text.length > 64 * 1024) return null
    const parsed = Manifest.safeParse(JSON.parse(text))
    const system = search.platform === 'win32' ? win32 : posix
    return parsed.success && system.isAbsolute(parsed.data.path) ? parsed.data.path : null
  } catch {
    // Another program's file, unreadable or not JSON: the known paths come next, and `tried` tells.
    return null
  }
}

/** PKCS#11 modules present on this workstation, best first, and every path that was looked at. */
export const findModules = async (search: ModuleSearch): Promise<{ found: string[]; tried: string[] }> => {
  const named: (string | null)[] = []
  for (const manifest of manifests[search.platform] ?? []) named.push(await manifestPath(search, manifest))
  const candidates = [...search.policyPaths, ...named, ...knownPaths(search.platform, search.arch)]
  const tried = [...new Set(candidates.filter((path) => path !== null))]
  const found: string[] = []
  for (const path of tried) if (await search.fileExists(path)) found.push(path)
  return { found, tried }
}
