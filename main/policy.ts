import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Policy } from '../app/contract/index.ts'
import type { Outcome } from '../app/contract/index.ts'
import { fail, ok } from '../app/contract/index.ts'

const policyBytesLimit = 1_048_576

/** Where an administrator puts the policy: a folder that only an administrator writes. */
export const policyPath = (platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): string => {
  if (platform === 'win32')
    return join(environment['ProgramData'] ?? 'C:\\ProgramData', 'SousPli', 'policy.json')
  if (platform === 'darwin') return '/Library/Application Support/SousPli/policy.json'
  return '/etc/souspli/policy.json'
}

/**
 * Reads the policy file. No file is the empty policy when `optional`; a file that cannot be read or breaks the schema
 * is an error (`contract.invalid-request`): SousPli does not start on half a policy.
 */
export const readPolicy = async (path: string, optional: boolean): Promise<Outcome<Policy>> => {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    if (optional && (cause as NodeJS.ErrnoException).code === 'ENOENT') return ok({})
    return fail('contract.invalid-request', { cause })
  }
  if (text.length > policyBytesLimit) return fail('contract.invalid-request')
  try {
    const parsed = Policy.safeParse(JSON.parse(text))
    return parsed.success ? ok(parsed.data) : fail('contract.invalid-request', { cause: parsed.error })
  } catch (cause) {
    return fail('contract.invalid-request', { cause })
  }
}
