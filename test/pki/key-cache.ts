import { generateKeyPair, randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { z } from 'zod'

/**
 * RSA keys of the test PKI, kept for a week under node_modules/.cache: making them takes seconds, issuing the
 * certificates anew at each start (their URLs name this operator's ports) takes milliseconds.
 */
const cacheFolder = fileURLToPath(new URL('../../node_modules/.cache/souspli-test-pki/', import.meta.url))
const week = 7 * 86_400_000
const Keys = z.record(z.string(), z.string())

const generate = promisify(generateKeyPair)

/** One private key in PKCS#8 PEM, RSA 2048. */
export const makeKey = async (): Promise<string> => {
  const { privateKey } = await generate('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return privateKey
}

const readCache = async (file: string, now: Date): Promise<Record<string, string>> => {
  try {
    const { mtimeMs } = await stat(file)
    if (now.getTime() - mtimeMs > week) return {}
    const keys = Keys.safeParse(JSON.parse(await readFile(file, 'utf8')))
    return keys.success ? keys.data : {}
  } catch {
    return {} // no cache, or a damaged one: the keys are made again
  }
}

const isRefusal = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && ['EACCES', 'EPERM', 'EROFS'].includes(String(error.code))

/** The keys of these names, from the machine's cache or made now. */
export const loadKeys = async (names: readonly string[], now: Date): Promise<Map<string, string>> => {
  const file = join(cacheFolder, 'keys.json')
  const keys = new Map(Object.entries(await readCache(file, now)))
  const missing = names.filter((name) => !keys.has(name))
  if (missing.length === 0) return keys
  for (const [name, key] of await Promise.all(
    missing.map(async (name) => [name, await makeKey()] as const),
  )) {
    keys.set(name, key)
  }
  const temporary = `${file}.${randomUUID()}`
  try {
    await mkdir(cacheFolder, { recursive: true })
    await writeFile(temporary, JSON.stringify(Object.fromEntries(keys)), { mode: 0o600 })
    await rename(temporary, file)
  } catch (error) {
    // Another user's installation: the next start makes the keys again, slower.
    if (!isRefusal(error)) throw error
  }
  return keys
}
