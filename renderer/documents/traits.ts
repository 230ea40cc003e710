import type { Ins } from '../../app/contract/index.ts'

/** « 1 90 06 75 113 001 17 »: the matricule as it is read aloud (clinical-documents.md §8.2); other lengths come back as they are. */
export const spacedMatricule = (matricule: string): string => {
  const groups = /^(.)(..)(..)(..)(...)(...)(..)?$/.exec(matricule.replace(/\s/g, ''))
  return groups ? groups.slice(1).filter(Boolean).join('\u00a0') : matricule
}

/** Test and demonstration identities are no patients (clinical-documents.md §8.1). */
export const isTestIdentity = (ins: Ins | null): boolean =>
  ins !== null && (ins.kind === 'test' || ins.kind === 'demonstration')
