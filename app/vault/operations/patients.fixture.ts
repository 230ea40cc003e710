import { createHash } from 'node:crypto'
import type { SqlDatabase } from '../database.ts'
import { storeForTest } from '../store.fixture.ts'
import { insertMessage } from './messages.ts'
import { storeClinical } from './clinical-findings.ts'
import type { FoundDocument, FoundIdentity } from './patient-index.ts'

export const domain = 'patient.mssante.test'
export const context = { now: () => Date.UTC(2026, 10, 22) }

/** A fictitious identity, keyed as app/patients keys it. */
export const identity = (more: Partial<FoundIdentity> = {}): FoundIdentity => {
  const one = {
    birthName: 'DUPONT',
    usedName: null,
    firstName: 'Marie',
    birthGivenNames: null,
    sex: 'F' as const,
    birthDate: '1978-11-26',
    birthPlace: null,
    ins: {
      matricule: '278113512151889',
      oid: '1.2.250.1.213.1.4.8',
      kind: 'nir' as const,
      keyValid: true,
    },
    qualified: true,
    ipps: [],
    ...more,
  }
  const near = (name: string) =>
    JSON.stringify([name.toLowerCase().replace(/\W/g, ''), one.firstName, one.birthDate])
  const { ins, birthName, firstName, birthDate, sex } = one
  return {
    ...one,
    key: JSON.stringify([ins?.oid, ins?.matricule, birthName, firstName, birthDate, sex]),
    near: near(birthName),
    nearUsed: one.usedName === null ? null : near(one.usedName),
  }
}

export const document = (more: Partial<FoundDocument> = {}): FoundDocument => ({
  part: '2/1',
  kind: 'cda-n1',
  label: 'CR',
  title: 'CR',
  typeCode: '11488-4',
  date: null,
  author: 'Dr Paul BERNARD',
  authorId: '810001234567',
  organisation: null,
  documentId: null,
  setId: null,
  version: null,
  replaces: null,
  alert: null,
  warnings: [],
  identity: identity(),
  ...more,
})

/** A store with a mailbox of each kind of folder; `put` files a message, its documents and addresses. */
export const patientStore = () => {
  const db: SqlDatabase = storeForTest()
  db.exec(`INSERT INTO accounts (id, address, display_name, kind, auth, imap_host, imap_port, imap_security, smtp_host,
      smtp_port, smtp_security, created_at)
    VALUES (1, 'anne@mss.test', 'Anne', 'personal', 'psc', 'h', 1, 'tls', 'h', 1, 'tls', 0)`)
  const roles = ['inbox', 'sent', 'trash', 'junk', 'archive']
  for (const [index, role] of roles.entries())
    db.exec(
      `INSERT INTO folders (id, account_id, path, name, role) VALUES (${index + 1}, 1, '${role}', '${role}', '${role}')`,
    )
  let day = 0
  const put = (
    documents: FoundDocument[],
    more: {
      folder?: string
      from?: string
      to?: string
      name?: string
      trust?: 'patient' | 'professional'
    } = {},
  ): number => {
    day += 1
    const from = more.from ?? 'paul@mss.test'
    const to = more.to ?? 'anne@mss.test'
    const id = insertMessage(
      db,
      { accountId: 1, folderId: roles.indexOf(more.folder ?? 'inbox') + 1 },
      {
        uid: null,
        identity: new Uint8Array(
          createHash('sha256')
            .update(more.name ?? `message ${day}`)
            .digest(),
        ),
        date: Date.UTC(2026, 0, day),
        from: { name: '', address: from },
        to: [{ name: '', address: to }],
        subject: `Message ${day}`,
        rawSubject: `Message ${day}`,
        flags: 0,
        size: 100,
        hasAttachments: true,
        trust: more.trust ?? 'professional',
        signed: false,
        encrypted: false,
        messageId: `<${more.name ?? day}@mss.test>`,
        inReplyTo: null,
        references: [],
      },
    )
    const matricule = (address: string, side: 'from' | 'to') =>
      /^\d{15}@/.test(address) ? [{ matricule: address.slice(0, 15), domain: address.slice(16), side }] : []
    storeClinical(db, id, {
      ...{ preview: '', hasAttachments: true, signed: false, encrypted: false, report: null, alert: null },
      patient: null,
      documentLabel: documents[0]?.label ?? null,
      documentCount: documents.length,
      patients: { documents, addresses: [...matricule(from, 'from'), ...matricule(to, 'to')] },
    })
    return id
  }
  return { db, put }
}
