import { DiagnosisArea, type Diagnosis, type DiagnosisLine, type DiagnosisServer } from '../contract/index.ts'
import { cardLines, certificateLines, readerLines } from './card.ts'
import type { DiagnosisDependencies } from './dependencies.ts'
import { revocationLines, serverLines } from './network.ts'
import { moduleLines, programLines, storeLines } from './workstation.ts'

/** Looks at the whole workstation; `onProgress` hears the findings so far. Never fails: what it cannot find out is a finding. */
export type Diagnose = (
  servers: readonly DiagnosisServer[],
  onProgress: (diagnosis: Diagnosis) => void,
) => Promise<Diagnosis>

const rank = new Map(DiagnosisArea.options.map((area, index) => [area, index]))

/**
 * « Diagnostic du poste »: what a support desk would ask, in one list of codes (contract/diagnosis.ts). Nothing personal is in
 * it, and nothing is changed: no PIN is asked, nobody logs in.
 */
export const createDiagnosis = (deps: DiagnosisDependencies): Diagnose => {
  let running: Promise<Diagnosis> | null = null

  const look: Diagnose = async (servers, onProgress) => {
    const at = new Date(deps.now()).toISOString()
    let lines: DiagnosisLine[] = []
    const found = (more: readonly DiagnosisLine[]): void => {
      lines = [...lines, ...more].toSorted((a, b) => (rank.get(a.area) ?? 0) - (rank.get(b.area) ?? 0))
      onProgress({ at, running: true, lines })
    }
    const aboutCard = async (): Promise<void> => {
      await deps.card.settled()
      found(await moduleLines(deps))
      found(readerLines(deps))
      found(cardLines(deps))
      const certificates = await certificateLines(deps)
      found(certificates.lines)
      found(await revocationLines(deps, certificates.addresses))
    }
    await Promise.all([
      programLines(deps).then(found),
      storeLines(deps).then(found),
      serverLines(deps, servers).then(found),
      aboutCard(),
    ])
    const whole = { at, running: false, lines }
    onProgress(whole)
    return whole
  }

  return async (servers, onProgress) => {
    // A second window waits its turn: two at once would accuse each other of being slow.
    await running
    const mine = look(servers, onProgress)
    running = mine
    try {
      return await mine
    } finally {
      if (running === mine) running = null
    }
  }
}
