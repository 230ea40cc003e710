import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { people } from '../operator/index.ts'
import { lock, picture, says } from './stage.ts'
import { createProfile, patience } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

test.describe.configure({ mode: 'serial' })

const { anne } = people
const root = join(import.meta.dirname, '../..')
/** What no report may hold. */
const personal = [
  anne.familyName,
  `${anne.givenName} ${anne.familyName}`,
  anne.address,
  anne.rpps,
  anne.card.serial,
  anne.address.split('@')[0] ?? '',
]
let world: World
let app: RunningApp

const dialog = () => app.page.getByRole('dialog', { name: 'Diagnostic du poste' })
const finished = () =>
  expect(dialog().getByRole('button', { name: 'Copier le rapport' })).toBeEnabled({ timeout: patience })
const leave = async (): Promise<void> => {
  await dialog().getByRole('button', { name: 'Fermer' }).click()
  await expect(dialog()).toBeHidden()
}
const report = async (): Promise<string> => {
  await dialog().getByText('Afficher le texte du rapport').click()
  return (await dialog().getByRole('region', { name: 'Rapport à envoyer au support' }).textContent()) ?? ''
}

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  app = await world.openApp('anne')
})
test.afterAll(() => world.stop())

test('all is well on a workstation in order, and the report tells nobody’s name', async () => {
  await createProfile(app, anne)
  await app.page.getByRole('button', { name: 'Raccourcis clavier' }).click()
  await app.page.getByRole('button', { name: 'Diagnostic du poste…' }).click()
  await finished()
  await says(
    dialog(),
    /Module 3\.\d chargé \(ANS CPS3 PKCS#11 LINUX\)/,
    /Lecteur SousPli Virtual Reader 00 00\./,
    /Carte CPS3v3 •+\d\d ouverte dans/,
    /Certificat d’authentification valable du/,
    /Certificat de signature\s: chaîne vérifiée jusqu’à/,
    /Certificat de signature non révoqué/,
    /Liste de révocation joignable/,
    /L’horloge de ce poste est juste/,
    new RegExp(`Réception ${world.operator.imap.host}:${world.operator.imap.port} répond`),
    new RegExp(`Envoi ${world.operator.smtp.host}:${world.operator.smtp.port} répond`),
    /Place libre sur le disque/,
  )
  await expect(dialog().locator('[data-level=fault]')).toHaveCount(0)
  await picture(app.page, 'diagnosis-open')
  const text = await report()
  for (const word of personal) expect(text.toLowerCase(), word).not.toContain(word.toLowerCase())
  expect(text).toContain('[ok]')
  await leave()
})

test('it is reached from the lock screen, without the servers of the accounts, and looks at a given one', async () => {
  await lock(app.page)
  await app.page.getByRole('button', { name: 'Diagnostic du poste' }).click()
  await finished()
  await says(dialog(), /Aucun serveur à vérifier\s: la messagerie est fermée ou sans compte/)
  await dialog().getByText('Vérifier un autre serveur').click()
  await dialog().getByLabel('Nom du serveur').fill(world.operator.imap.host)
  await dialog().getByLabel('Port', { exact: true }).fill(String(world.operator.imap.port))
  await dialog().getByRole('button', { name: 'Vérifier ce serveur' }).click()
  await says(dialog(), new RegExp(`Réception ${world.operator.imap.host}:${world.operator.imap.port} répond`))
  await finished()
  await world.operator.imapDown()
  await dialog().getByRole('button', { name: 'Vérifier ce serveur' }).click()
  await says(
    dialog(),
    /connexion refusée ou sans chemin/,
    'Autorisez ce serveur et ce port dans le pare-feu.',
  )
  await finished()
  await picture(app.page, 'diagnosis-server-down')
  await world.operator.imapUp()
  await leave()
})

test('a certificate that is not its own, a card pulled out: each is said, with what to do', async () => {
  await world.operator.useServerCertificate('wrong-host')
  await world.cards.anne.remove()
  await says(app.page, 'Aucune carte n’est dans le lecteur.')
  await app.page.getByRole('button', { name: 'Diagnostic du poste' }).click()
  await finished()
  await says(
    dialog(),
    /Aucune carte dans les lecteurs\./,
    'Insérez votre carte CPS, puce en avant, et recommencez.',
  )
  await dialog().getByText('Vérifier un autre serveur').click()
  await dialog().getByLabel('Nom du serveur').fill(world.operator.imap.host)
  await dialog().getByLabel('Port', { exact: true }).fill(String(world.operator.imap.port))
  await dialog().getByRole('button', { name: 'Vérifier ce serveur' }).click()
  await says(dialog(), /certificat ou chiffrement refusé \(tls\.host-mismatch\)/, /^Ne vous connectez pas/)
  await finished()
  await picture(app.page, 'diagnosis-troubles')
  await world.operator.useServerCertificate('good')
})

test('the command says the same in the terminal, and as JSON', async () => {
  await world.cards.anne.insert()
  const policyFile = join(world.folder, 'diagnose-policy.json')
  await writeFile(
    policyFile,
    JSON.stringify({ ...world.operator.policy, pkcs11Modules: [world.cards.anne.modulePath] }),
  )
  const { host, port } = world.operator.imap
  const command = (...more: string[]) =>
    promisify(execFile)(
      process.execPath,
      [
        'scripts/diagnose.ts',
        `--policy=${policyFile}`,
        `--profile=${app.profile}`,
        `--imap=${host}:${port}`,
        ...more,
      ],
      { cwd: root },
    )
  const { stdout } = await command()
  expect(stdout).toMatch(/\[ok\] Carte CPS3v3 •+\d\d dans SousPli Virtual Reader 00 00\./)
  expect(stdout).toMatch(/\[ok\] Réception .* répond en \d+ ms/)
  for (const word of personal) expect(stdout.toLowerCase(), word).not.toContain(word.toLowerCase())
  const json = JSON.parse((await command('--json', '--language=en')).stdout) as { lines: { code: string }[] }
  expect(json.lines.map(({ code }) => code)).toEqual(
    expect.arrayContaining([
      'module-loaded',
      'card-present',
      'chain-trusted',
      'server-ready',
      'store-present',
    ]),
  )
})
