import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addonPath } from './card-tls.fixture.ts'

describe.skipIf(addonPath === null || process.platform !== 'linux')('threads of handshakes', () => {
  test.each(['collected', 'worker', 'exit'])('none outlives its use: %s', (way) => {
    const program = join(import.meta.dirname, 'lifetime-program.fixture.ts')
    const ended = spawnSync(process.execPath, ['--expose-gc', program, way], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect(ended.stderr).toBe('')
    expect(ended.stdout).toBe('0\n')
    expect(ended.status).toBe(0)
  })
})
