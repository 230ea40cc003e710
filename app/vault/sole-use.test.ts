import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { expect, test } from 'vitest'
import { passphrase, temporaryFolder, value, vaultIn } from './vault.fixture.ts'

test('a profile in use elsewhere does not open, and does again as soon as the other program is gone, however it went', async () => {
  const folder = temporaryFolder()
  const vault = vaultIn(folder)
  const { recoveryCode } = value(await vault.create(passphrase))
  // Opens at once: a passphrase is slow by design.
  const recovery = { kind: 'recovery', code: recoveryCode } as const
  const second = vaultIn(folder)
  expect(await second.open(recovery)).toMatchObject({
    ok: false,
    error: { code: 'vault.in-use', retry: 'later' },
  })
  await vault.close()
  value(await second.open(recovery))
  await second.close()

  const holder = fork(path.join(import.meta.dirname, 'sole-use.fixture.ts'), [folder], { execArgv: [] })
  await once(holder, 'message')
  expect(await vault.open(recovery)).toMatchObject({ ok: false, error: { code: 'vault.in-use' } })
  const gone = once(holder, 'exit')
  holder.kill('SIGKILL')
  await gone
  value(await vault.open(recovery))
  await vault.close()
})
