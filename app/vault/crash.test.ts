import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { passphrase, temporaryFolder, value, vaultIn } from './vault.fixture.ts'

test('killed in the middle of writing, it opens again with all that was acknowledged and nothing halved', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  value(await vault.create(passphrase))
  await vault.close()
  const words = passphrase.kind === 'passphrase' ? passphrase.passphrase : ''
  const writer = path.join(import.meta.dirname, 'crash-writer.fixture.ts')
  for (const rounds of [1, 7, 20]) {
    const child = spawn(process.execPath, [writer, folder, words], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exit = once(child, 'exit')
    let acknowledged = 0
    for await (const line of createInterface(child.stdout)) {
      acknowledged = Number(line)
      if (acknowledged === rounds) child.kill('SIGKILL')
    }
    await exit
    expect(acknowledged).toBeGreaterThanOrEqual(rounds)
    value(await vault.open(passphrase))
    const query = { text: 'ecriture', scope: { kind: 'all' }, before: null, limit: 200_000 } as const
    const { ids } = value(await vault.run('search.query', query))
    const low = ids.filter((id) => id <= 1_000_000)
    expect(low.length).toBeGreaterThanOrEqual(acknowledged)
    expect(ids.filter((id) => id > 1_000_000).map((id) => id - 1_000_000)).toEqual(low)
    value(await vault.care.sweep())
    // Nothing referred to the parts: they are swept, half-written ones too.
    expect(readdirSync(path.join(folder, 'parts'))).toEqual([])
    await vault.close()
  }
})
