import { execFile, fork, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pkcs11, { type Handle, type PKCS11 } from 'pkcs11js'
import { createVirtualCps, makeTestKey, type CardContents, type VirtualCps } from './index.ts'
import type { Step } from './other-process.fixture.ts'

export const run = promisify(execFile)

/** Fictitious. */
export const holder = {
  nationalId: '899700000808',
  familyName: 'TESTEUR',
  givenName: 'Paul',
  profession: 'Médecin',
  serial: '2900000808',
}

/** A CPS3 whose keys are made now; other cards may share them. */
export const makeContents = (more: Partial<CardContents> = {}): CardContents => ({
  serial: holder.serial,
  label: `CPS3v3-${holder.serial}`,
  pin: '1234',
  puk: '12345678',
  profile: 'cps3',
  authentication: makeTestKey('authentication', holder),
  signature: makeTestKey('signature', holder),
  ...more,
})

export interface Stage {
  virtual: VirtualCps
  /** The module in this process, initialised; finalised by `leave`. */
  enter(): PKCS11
  leave(): void
  end(): Promise<void>
}

/** Virtual cards in a fresh temporary folder. */
export const makeStage = async (
  options: Omit<Parameters<typeof createVirtualCps>[0], 'folder'>,
): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'souspli-virtual-cps-'))
  const virtual = await createVirtualCps({ folder, signMilliseconds: 0, ...options })
  let cps: PKCS11 | null = null
  const leave = (): void => {
    cps?.C_Finalize()
    cps = null
  }
  return {
    virtual,
    enter: () => {
      leave()
      const loaded = new pkcs11.PKCS11()
      loaded.load(virtual.modulePath)
      loaded.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK })
      return (cps = loaded)
    },
    leave,
    end: async () => {
      leave()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const readOnly = pkcs11.CKF_SERIAL_SESSION
export const readWrite = pkcs11.CKF_SERIAL_SESSION | pkcs11.CKF_RW_SESSION

export const slotAt = (cps: PKCS11, reader = 0): Handle => {
  const slot = cps.C_GetSlotList(false)[reader]
  if (!slot) throw new Error(`reader ${String(reader)} expected`)
  return slot
}

/** Name of the CKR_ value a call fails with, « CKR_OK » when it does not. */
export const result = (call: () => unknown): string => {
  try {
    call()
    return 'CKR_OK'
  } catch (cause) {
    return cause instanceof Error ? (cause.message.split(':')[0] ?? '') : String(cause)
  }
}

export const find = (cps: PKCS11, session: Handle, objectClass: number, label?: string): Handle[] => {
  const wanted = label === undefined ? [] : [{ type: pkcs11.CKA_LABEL, value: label }]
  cps.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: objectClass }, ...wanted])
  const found = cps.C_FindObjects(session, 40)
  cps.C_FindObjectsFinal(session)
  return found
}

export const labels = (cps: PKCS11, session: Handle, objectClass: number): string[] =>
  find(cps, session, objectClass)
    .map((object) => String(cps.C_GetAttributeValue(session, object, [{ type: pkcs11.CKA_LABEL }])[0]?.value))
    .sort()

export const objectNamed = (cps: PKCS11, session: Handle, objectClass: number, label: string): Handle => {
  const [object] = find(cps, session, objectClass, label)
  if (!object) throw new Error(`${label} expected`)
  return object
}

export const keyOf = (cps: PKCS11, session: Handle, label: string): Handle =>
  objectNamed(cps, session, pkcs11.CKO_PRIVATE_KEY, label)

export const flagsOf = (cps: PKCS11, slot: Handle, mask: number): number =>
  cps.C_GetTokenInfo(slot).flags & mask

/** One signature of fictitious text by the signature key. */
export const sign = (cps: PKCS11, session: Handle): Promise<Buffer> => {
  cps.C_SignInit(session, { mechanism: pkcs11.CKM_SHA256_RSA_PKCS }, keyOf(cps, session, 'CPS_PRIV_SIG'))
  return cps.C_SignAsync(session, Buffer.from('fictif'), Buffer.alloc(512))
}

/** Another process with the module; what its steps return, or how it ended before. */
export const elsewhere = (
  virtual: VirtualCps,
  steps: readonly Step[],
): Promise<{ results: string[]; end: string }> => {
  const child = startElsewhere(virtual, steps)
  const results: string[] = []
  child.on('message', (message: string) => results.push(message))
  return new Promise((settle, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      settle({ results, end: signal ?? String(code) })
    })
  })
}

export const startElsewhere = (virtual: VirtualCps, steps: readonly Step[]): ChildProcess =>
  fork(join(import.meta.dirname, 'other-process.fixture.ts'), [virtual.modulePath, JSON.stringify(steps)], {
    execArgv: [],
  })
