/**
 * The whole story, played by `npm run demo -- --check` and by the end-to-end tests: a day with the card, a day of MSSanté.
 */
import { startPatientRecord, type PatientRecord } from '../operator/patient-record.ts'
import { cardLoginBuilt } from './story.ts'
import { cardSteps, endSteps } from './story-of-the-card.ts'
import { colleagueSteps, mssanteSteps } from './story-of-mssante.ts'
import { startWorld, type CardHolderKey, type RunningApp, type World } from './world.ts'

export interface StepReport {
  step: string
  ok: boolean
  ms: number
  picture: string | null
}

interface Scene {
  world: World
  /** The record system of the practice, over MLLP. */
  record: PatientRecord
  anne: RunningApp
  paul: RunningApp
}

export interface Step {
  name: string
  who: CardHolderKey
  /** Played only where the card logs in, or only where it cannot. */
  only?: 'card' | 'psc'
  run: (scene: Scene) => Promise<void>
}

/** What an administrator would set: the record system of the practice. */
const recordOfThePractice = (port: number) => ({
  name: 'Dossier du cabinet',
  place: {
    kind: 'mllp' as const,
    host: '127.0.0.1',
    port,
    tls: false,
    anchors: '',
    sendingApplication: 'SOUSPLI',
    sendingFacility: 'CABINET-LILAS',
    receivingApplication: 'DPI',
    receivingFacility: 'CABINET-LILAS',
    encoding: 'UNICODE UTF-8' as const,
    processing: 'T' as const,
    connectSeconds: 5,
    answerSeconds: 20,
    afterUnknown: 'ask' as const,
  },
})

/** Plays every step; null when all went well, else the step that failed and why. */
export const playStory = async (hooks: {
  onStep: (report: StepReport) => void
  /** Path of a step's picture. */
  picture: (name: string) => string
}): Promise<{ step: string; reason: string } | null> => {
  let current = '00-world'
  let world: World | null = null
  let record: PatientRecord | null = null
  let scene: Scene | null = null
  let before = performance.now()
  try {
    record = await startPatientRecord()
    const { port } = record
    world = await startWorld({ cardLogin: cardLoginBuilt() })
    scene = {
      world,
      record,
      anne: await world.openApp('anne', {
        policy: (policy) => ({ ...policy, patientRecords: [recordOfThePractice(port)] }),
      }),
      paul: await world.openApp('paul', { policy: (policy) => ({ ...policy, logins: ['psc', 'password'] }) }),
    }
    hooks.onStep({ step: current, ok: true, ms: Math.round(performance.now() - before), picture: null })
    const played = [...colleagueSteps, ...cardSteps, ...mssanteSteps, ...endSteps].filter(
      ({ only }) => !only || (only === 'card') === cardLoginBuilt(),
    )
    for (const [index, step] of played.entries()) {
      current = `${String(index + 1).padStart(2, '0')}-${step.name}`
      before = performance.now()
      await step.run(scene)
      const ms = Math.round(performance.now() - before)
      const picture = hooks.picture(current)
      await scene[step.who].page.screenshot({ path: picture })
      hooks.onStep({ step: current, ok: true, ms, picture })
    }
    return null
  } catch (error) {
    hooks.onStep({ step: current, ok: false, ms: Math.round(performance.now() - before), picture: null })
    for (const [who, app] of Object.entries({ anne: scene?.anne, paul: scene?.paul }))
      await app?.page.screenshot({ path: hooks.picture(`failed-${current}-${who}`) }).catch(() => undefined)
    const reason = error instanceof Error ? error.message : String(error)
    return { step: current, reason: `${reason}\n${(await world?.screens()) ?? ''}` }
  } finally {
    await world?.stop()
    await record?.stop()
  }
}
