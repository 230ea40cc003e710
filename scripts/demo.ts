/**
 * `npm run demo`: the operator, a virtual CPS and the window on a seeded mailbox. `--check` plays the whole story without
 * questions: one picture and one JSON line per step, exit code 0, or 1 naming the failed step.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { people } from '../test/operator/index.ts'
import { playStory } from '../test/e2e/play-story.ts'
import { cardLoginBuilt, createProfile } from '../test/e2e/story.ts'
import { startWorld } from '../test/e2e/world.ts'
import { buildCardTls, whatIsMissing } from '../native/card-tls/build.ts'
import { buildAll } from './build.ts'

const pictures = 'out/demo'
const say = (line: string): void => console.log(line)

/** How Anne logs in, and why not with the card when that cannot be. */
const sayLogin = (): 'card' | 'password' => {
  if (cardLoginBuilt()) return 'card'
  say(`The login with the card alone is not played; the former way is (Pro Santé Connect or password).`)
  say(whatIsMissing(buildCardTls(false)) ?? 'dist/core/card-tls.node is missing: npm run build')
  return 'password'
}

const check = async (): Promise<number> => {
  sayLogin()
  rmSync(pictures, { recursive: true, force: true })
  mkdirSync(pictures, { recursive: true })
  const started = performance.now()
  const failed = await playStory({
    onStep: (step) => say(JSON.stringify(step)),
    picture: (name) => join(pictures, `${name}.png`),
  })
  const seconds = Math.round((performance.now() - started) / 1000)
  if (failed) {
    console.error(`demo: step « ${failed.step} » failed after ${seconds} s: ${failed.reason}`)
    return 1
  }
  say(JSON.stringify({ step: 'all', ok: true, seconds }))
  return 0
}

const interactive = async (): Promise<number> => {
  say('Starting the operator and preparing the mailbox (about half a minute)…')
  const login = sayLogin()
  const world = await startWorld({ cardLogin: login === 'card' })
  try {
    const prepared = await world.openApp('anne')
    await createProfile(prepared, people.anne, login)
    await prepared.close()
    const window = await world.openApp('anne', { profile: prepared.profile, headed: true })
    const { imap, smtp, psc } = world.operator
    say('')
    say(`1. Operator (simulated): IMAP ${imap.port}, SMTP ${smtp.port}, Pro Santé Connect ${psc.issuer}`)
    if (login === 'card')
      say('   The mailbox is logged in to with the card alone: mutual TLS, then SASL EXTERNAL')
    say('2. Window: the real main and preload code on Debian’s Chromium (Electron stand-in)')
    say(`3. Card: virtual CPS of ${people.anne.displayName}; type the PIN ${people.anne.card.pin}`)
    say(
      `4. Pull the card: npm run card -- remove ${world.cardFolder('anne')} (insert puts it back, swap B puts a colleague’s)`,
    )
    say('5. All people and documents are fictitious. Close the window or press Ctrl+C to end.')
    const interrupted = new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
    })
    await Promise.race([window.exited, interrupted])
    return 0
  } finally {
    await world.stop()
  }
}

await buildAll(false)
const hasDisplay = Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
const wantsCheck = process.argv.includes('--check')
if (!wantsCheck && !hasDisplay)
  say('No display here (neither DISPLAY nor WAYLAND_DISPLAY): playing the story with --check instead.')
process.exit(wantsCheck || !hasDisplay ? await check() : await interactive())
