import { expect, it } from 'vitest'
import { ok, type Correspondent } from '../../contract/index.ts'
import type { StoredDraft, Vault } from '../../vault/index.ts'
import { createSenderRules } from './sender-rules.ts'

const patient: Correspondent = { name: '', address: '123@patient.mssante.test' }
const doctor: Correspondent = { name: '', address: 'dr@mss.test' }

it('says of a file that nobody opens without a password that the patient cannot open it, and stops nothing', async () => {
  const read: string[] = []
  const rules = createSenderRules({
    vault: {
      parts: {
        readAll: (file: string) => {
          read.push(file)
          return Promise.resolve(ok(Buffer.from(file)))
        },
      },
    } as unknown as Vault,
    classify: (address) => (address.includes('patient') ? 'patient' : 'professional'),
    examine: () => [],
    isHealthFile: () => false,
    lockOf: (bytes) => (Buffer.from(bytes).toString() === 'locked' ? 'password' : null),
    holdsIns: () => false,
  })
  const draftTo = (to: Correspondent): StoredDraft =>
    ({
      content: { to: [doctor], cc: [], bcc: [to], subject: '', text: '', html: null },
      attachments: ['locked', 'open'].map((partFile) => ({
        partFile,
        fileName: `${partFile}.pdf`,
        mimeType: '',
      })),
      sourceId: null,
    }) as unknown as StoredDraft
  const told = async (to: Correspondent) => {
    const checks = await rules.checks(draftTo(to), { kind: 'personal' }, false)
    return checks.ok
      ? checks.value.map(({ kind, blocking, fileName }) => ({ kind, blocking, fileName }))
      : checks
  }
  expect(await told(doctor)).toEqual([])
  expect(read).toEqual([])
  const warning = [{ kind: 'attachment-locked', blocking: false, fileName: 'locked.pdf' }]
  expect(await told(patient)).toEqual(warning)
  expect(await told(patient)).toEqual(warning)
  // Each file is read once.
  expect(read).toEqual(['locked', 'open'])
})
