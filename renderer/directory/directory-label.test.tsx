// @vitest-environment jsdom
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DirectoryEntry, SenderLabel } from '../../app/contract/index.ts'
import type { Bridge } from '../client/index.ts'
import { setLanguage } from '../i18n/index.ts'
import { createFakeCore } from '../testing/fake-core.ts'
import { directoryEntries } from '../testing/fixture-directory.ts'
import { DirectoryLabel } from './directory-label.tsx'

let host: HTMLElement
let root: Root
/** What the directory says of the address; everybody is fictitious. */
let known: DirectoryEntry | null
const used: SenderLabel[] = []
const empty: SenderLabel = { title: '', givenName: '', familyName: '', entity: '' }

beforeEach(() => {
  const core = createFakeCore('mailbox', new Date(2026, 10, 22, 10))
  const invoke: Bridge['invoke'] = (method, input) =>
    method === 'directory.identify'
      ? Promise.resolve({ ok: true, value: [known] })
      : core.invoke(method, input)
  window.souspli = { ...core, invoke }
  setLanguage('fr')
  used.length = 0
  host = document.createElement('div')
  document.body.append(host)
  root = createRoot(host)
})
afterEach(() => {
  root.unmount()
  host.remove()
  delete window.souspli
})

const show = (label: SenderLabel): void =>
  root.render(
    <DirectoryLabel
      address="anne.essai@medecin.mssante.test"
      label={label}
      onUse={(one) => used.push(one)}
    />,
  )
const [canned] = directoryEntries
if (!canned) throw new Error('no entry in the canned directory')
const doctor: DirectoryEntry = {
  ...canned,
  ...{ name: 'Anne ESSAI', civility: 'DR', firstName: 'ANNE', lastName: 'Essai' },
  structure: {
    ...{ id: null, name: 'CABINET DES LILAS', tradeName: null, lines: [] },
    ...{ postalCode: null, town: null, department: null, country: null },
  },
}

describe('what the directory knows of one’s own mailbox (ANN/va1.02)', () => {
  it('is proposed for its label: title, first name, NAME and structure, kept over what was typed only when asked', async () => {
    known = doctor
    show({ ...empty, givenName: 'Nina', entity: 'Chez moi' })
    await expect.poll(() => host.querySelector('[role=status]')?.textContent).toContain('Dr Anne ESSAI')
    expect(used).toEqual([])
    host.querySelector('button')?.click()
    expect(used).toMatchObject([{ title: 'Dr', givenName: 'Anne', familyName: 'ESSAI' }])
    expect(used[0]?.entity.toLowerCase()).toBe('cabinet des lilas')
  })

  it('is the service for a mailbox of an organisation', async () => {
    known = { ...doctor, name: 'Service de cardiologie', civility: null, firstName: null, lastName: null }
    show(empty)
    await expect.poll(() => host.querySelector('button')).not.toBeNull()
    host.querySelector('button')?.click()
    expect(used).toEqual([{ ...empty, entity: 'Service de cardiologie' }])
  })

  it('is not proposed when the label says it already, or the directory does not know the address', async () => {
    const asked = vi.spyOn(window.souspli ?? { invoke: () => undefined }, 'invoke')
    known = null
    show(empty)
    await expect.poll(() => asked.mock.calls).not.toEqual([])
    await asked.mock.results[0]?.value
    expect(host.textContent).toBe('')
  })
})
