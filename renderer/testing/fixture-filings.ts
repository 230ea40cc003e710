import type {
  Filing,
  FilingRule,
  JournalEntry,
  MessageRow,
  RecordTarget,
  RuleTrial,
} from '../../app/contract/index.ts'

/** Patient records of the fake core: a system by HL7, a watched folder, an applicative mailbox. */
export const targets: readonly RecordTarget[] = [
  {
    id: 1,
    name: 'Dossier du cabinet',
    place: {
      kind: 'mllp',
      host: 'dpi.cabinet-lilas.test',
      port: 2575,
      tls: true,
      anchors: '',
      sendingApplication: 'SOUSPLI',
      sendingFacility: 'CABINET-LILAS',
      receivingApplication: 'DPI',
      receivingFacility: 'CABINET-LILAS',
      encoding: 'UNICODE UTF-8',
      processing: 'P',
      connectSeconds: 10,
      answerSeconds: 60,
      afterUnknown: 'ask',
    },
    managed: true,
    client: null,
    preferred: true,
  },
  {
    id: 2,
    name: 'Dossier d’imagerie',
    place: { kind: 'folder', path: '/srv/imagerie/entree', format: 'pdf-json' },
    managed: false,
    client: null,
    preferred: false,
  },
  {
    id: 3,
    name: 'Intégration hôpital',
    place: { kind: 'mailbox', address: 'integration@hopital-lilas.mssante.test' },
    managed: false,
    client: null,
    preferred: false,
  },
]

/** Filings in each of their states, about the messages of the list. */
export const filingsOf = (rows: readonly MessageRow[], now: Date): Filing[] => {
  const about = rows.filter((row) => row.documentCount > 0)
  const at = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString()
  const filing = (id: number, minutes: number, change: Partial<Filing>): Filing => {
    const row = about[id % Math.max(1, about.length)]
    return {
      id,
      targetId: 1,
      targetName: targets[0]?.name ?? '',
      messageId: row?.id ?? null,
      documentId: row ? `${row.id}-1` : '',
      label: row?.documentLabel ?? 'Document',
      patient: row?.patient ?? null,
      action: 'new',
      state: 'filed',
      reference: `B7D260DF520C430C${1000 + id}`,
      attempts: 1,
      faults: [],
      error: null,
      rule: null,
      createdAt: at(minutes + 1),
      changedAt: at(minutes),
      nextTryAt: null,
      ...change,
    }
  }
  return [
    filing(8, 2, { state: 'sending', reference: 'B7D260DF520C430C1008' }),
    filing(7, 4, {
      state: 'refused',
      faults: [{ code: 902, location: 'PID-3', text: 'Identifiant de patient inconnu' }],
      error: { code: 'integration.refused', retry: 'after-change' },
    }),
    filing(6, 9, {
      state: 'unknown',
      attempts: 2,
      error: { code: 'integration.unknown-outcome', retry: 'later' },
    }),
    filing(5, 20, {
      state: 'waiting',
      attempts: 3,
      error: { code: 'net.unreachable', retry: 'later', details: { host: 'dpi.cabinet-lilas.test' } },
      nextTryAt: new Date(now.getTime() + 180_000).toISOString(),
    }),
    filing(4, 55, { rule: 'Résultats BIOVAL' }),
    filing(3, 90, { action: 'replace', rule: 'Résultats BIOVAL' }),
    filing(2, 95, { state: 'replaced' }),
    filing(1, 300, { action: 'delete' }),
  ]
}

export const rules: readonly FilingRule[] = [
  {
    id: 1,
    name: 'Résultats BIOVAL',
    enabled: true,
    conditions: {
      accountIds: [2],
      folderIds: [],
      senders: ['@bioval.mssante.test'],
      typeCodes: ['11502-2'],
      patientKnown: true,
    },
    actions: { targetId: 1, moveTo: null, markSeen: true, flag: false, removals: false },
    broken: null,
  },
  {
    id: 2,
    name: 'Comptes rendus d’imagerie',
    enabled: false,
    conditions: {
      accountIds: [],
      folderIds: [],
      senders: ['compte-rendus@imagerie-rive-gauche.mssante.test'],
      typeCodes: ['18748-4'],
      patientKnown: false,
    },
    actions: { targetId: 9, moveTo: null, markSeen: false, flag: true, removals: false },
    broken: 'target',
  },
]

export const journalOf = (filings: readonly Filing[], now: Date): JournalEntry[] => {
  const at = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString()
  const own = filings.filter(({ rule }) => rule !== null)
  const [first] = own
  return [
    {
      id: 3,
      at: at(12),
      rule: 'Résultats BIOVAL',
      messageId: first?.messageId ?? null,
      subject: 'CR d’examens biologiques',
      from: 'resultats@bioval.mssante.test',
      kind: 'held',
      doubts: ['ins-missing', 'patient-mismatch'],
      filings: [],
      movedTo: null,
      undo: 'impossible',
    },
    {
      id: 2,
      at: at(55),
      rule: 'Résultats BIOVAL',
      messageId: first?.messageId ?? null,
      subject: 'CR d’examens biologiques',
      from: 'resultats@bioval.mssante.test',
      kind: 'filed',
      doubts: [],
      filings: own.slice(0, 1),
      movedTo: 'Archives',
      undo: 'possible',
    },
    {
      id: 1,
      at: at(95),
      rule: 'Résultats BIOVAL',
      messageId: null,
      subject: 'Ionogramme sanguin',
      from: 'resultats@bioval.mssante.test',
      kind: 'filed',
      doubts: [],
      filings: own.slice(1).map((one) => ({ ...one, state: 'withdrawn' as const })),
      movedTo: null,
      undo: 'done',
    },
  ]
}

export const trialsOf = (rows: readonly MessageRow[], limit: number): RuleTrial[] =>
  rows.slice(0, Math.min(limit, 12)).map((row, index) => ({
    messageId: row.id,
    subject: row.subject,
    from: row.from.name || row.from.address,
    date: row.date,
    outcome: row.documentCount === 0 ? 'no-document' : index % 4 === 3 ? 'doubts' : 'would-file',
    documents: row.documentCount,
    doubts: row.documentCount > 0 && index % 4 === 3 ? ['ins-not-qualified'] : [],
  }))
