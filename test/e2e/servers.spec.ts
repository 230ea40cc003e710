import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { people, type ServerCertificateKind } from '../operator/index.ts'
import { createVault, leaveRecoveryCode, picture, reads, says } from './stage.ts'
import { findServersOf, listRow, patience, unlock } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// One profile, from the question of the address to a mailbox that loses its servers and finds them again.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
let world: World
let app: RunningApp

const address = () => app.page.getByRole('textbox', { name: 'Adresse MSSanté' })
const toLogin = async () => {
  await findServersOf(app.page, anne.address)
  await app.page.getByText('Mot de passe', { exact: true }).click()
}
const connectWith = async (password: string) => {
  await app.page.getByRole('textbox', { name: 'Mot de passe de la boîte' }).fill(password)
  await app.page.getByRole('button', { name: 'Se connecter' }).click()
}
/** What Dovecot wrote of logins, tried or done. */
const logins = async (): Promise<string[]> => {
  const log = await readFile(join(world.operator.folder, 'dovecot', 'dovecot.log'), 'utf8')
  return log.split('\n').filter((line) => /Login: user=|auth failed/.test(line))
}
const letter = (subject: string) =>
  [
    `From: ${paul.displayName} <${paul.address}>`,
    `To: ${anne.displayName} <${anne.address}>`,
    `Subject: ${subject}`,
    `Date: ${new Date().toUTCString()}`,
    `Message-ID: <${subject.replaceAll(/\W/g, '-')}@medecin.mssante.test>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    '',
    `Texte fictif de « ${subject} ».`,
    '',
  ].join('\r\n')
const deliver = (subject: string) =>
  world.operator.deliver({ from: paul.address, to: anne.address, raw: letter(subject) })

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  app = await world.openApp('anne')
  await createVault(app, anne.card.pin)
  await leaveRecoveryCode(app.page)
})
test.afterAll(() => world.stop())

test('without DNS the address cannot be looked up, which is not the address’s fault', async () => {
  world.operator.dns.down()
  await address().fill(anne.address)
  await app.page.getByRole('button', { name: 'Trouver mes serveurs' }).click()
  await says(app.page, 'L’adresse de medecin.mssante.test n’a pas pu être trouvée.')
  await says(app.page, 'Vérifiez la connexion du poste')
  await picture(app.page, 'servers-dns-down')
  world.operator.dns.up()
})

test('an address that no server announces opens the manual settings', async () => {
  await address().fill('camille.durand@cabinet-inconnu.mssante.test')
  await app.page.getByRole('button', { name: 'Trouver mes serveurs' }).click()
  await says(
    app.page,
    'Les serveurs de cette adresse ne sont pas annoncés',
    'Rien n’a été enregistré. Vérifiez l’adresse, ou saisissez les serveurs donnés par votre opérateur.',
    'Réglages donnés par votre opérateur',
  )
  await picture(app.page, 'servers-manual-settings')
  const { imap, smtp } = world.operator
  const ports = app.page.getByRole('textbox', { name: 'Port' })
  await app.page.getByRole('textbox', { name: 'Serveur de réception (IMAP)' }).fill(imap.host)
  await ports.first().fill(String(imap.port))
  await app.page.getByRole('textbox', { name: 'Serveur d’envoi (SMTP)' }).fill(smtp.host)
  await ports.last().fill(String(smtp.port))
  await app.page.getByRole('button', { name: 'Continuer' }).click()
  await says(app.page, `Réception : ${imap.host}:${imap.port} · STARTTLS`)
  await app.page.getByRole('button', { name: 'Modifier' }).click()
})

test('Pro Santé Connect that does not answer is named', async () => {
  await findServersOf(app.page, anne.address)
  world.operator.psc.setOutage(true)
  await app.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
  await says(app.page, 'Pro Santé Connect ne répond pas.', 'Réessayez dans quelques minutes.')
  await picture(app.page, 'servers-psc-down')
  world.operator.psc.setOutage(false)
  await app.page.getByRole('button', { name: 'Modifier' }).click()
})

const certificates: { kind: ServerCertificateKind; sentences: string[] }[] = [
  {
    kind: 'other-authority',
    sentences: [
      'Le certificat de imap.operateur.mssante.test ne vient pas de l’autorité IGC-Santé.',
      'La connexion a été refusée : aucun mot de passe ni message n’a été transmis.',
      'Ne changez pas de réseau pour contourner ; prévenez votre opérateur ou votre support.',
    ],
  },
  {
    kind: 'expired',
    sentences: ['Le certificat du serveur a expiré.', 'Vérifiez la date et l’heure du poste'],
  },
  {
    kind: 'wrong-host',
    sentences: [
      'Le certificat présenté n’est pas celui de imap.operateur.mssante.test.',
      'Vérifiez le nom du serveur dans les réglages du compte.',
    ],
  },
  {
    kind: 'revoked',
    sentences: ['Le certificat du serveur a été révoqué.', 'Prévenez votre opérateur.'],
  },
]
for (const { kind, sentences } of certificates)
  test(`a server certificate « ${kind} » is refused before any password leaves`, async () => {
    await world.operator.useServerCertificate(kind)
    await toLogin()
    await connectWith(anne.password)
    await says(app.page, ...sentences)
    await says(app.page, /[Aa]ucun mot de passe (?:ni message )?n’a été transmis/)
    await picture(app.page, `servers-certificate-${kind}`)
    expect(await logins()).toEqual([])
    expect(world.operator.received).toEqual([])
    await world.operator.useServerCertificate('good')
    await app.page.getByRole('button', { name: 'Modifier' }).click()
  })

test('a mail server that is down is named, and nothing is created', async () => {
  await world.operator.imapDown()
  await toLogin()
  await connectWith(anne.password)
  await says(
    app.page,
    'Le serveur imap.operateur.mssante.test est injoignable.',
    'Vérifiez la connexion du poste',
  )
  await picture(app.page, 'servers-imap-down-at-creation')
  await world.operator.imapUp()
})

test('a wrong mailbox password is refused, the right one opens the mailbox', async () => {
  await connectWith('pas-le-bon')
  await says(
    app.page,
    'L’identification a été refusée par le serveur.',
    'Vérifiez votre adresse et votre mot de passe, ou reconnectez-vous.',
  )
  await picture(app.page, 'servers-wrong-password')
  // Dovecot writes of it once the connection is closed.
  await expect.poll(logins, { timeout: patience }).not.toEqual([])
  await connectWith(anne.password)
  await app.page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await says(app.page, 'Aucun message ici')
  await picture(app.page, 'servers-empty-mailbox')
  await deliver('Avant la panne')
  // With its preview: the text is here, not only the line.
  await expect(listRow(app.page, 'Avant la panne')).toContainText('Texte fictif', { timeout: patience })
})

test('a mailbox whose server stops stays readable and takes up again by itself', async () => {
  await world.operator.imapDown()
  await expect(
    app.page.getByText(/est injoignable|Hors ligne|a interrompu la connexion/).first(),
  ).toBeVisible()
  await says(app.page, /Les messages déjà reçus restent lisibles/)
  await listRow(app.page, 'Avant la panne').click()
  await reads(app.page, 'Texte fictif de « Avant la panne ».')
  await picture(app.page, 'servers-imap-down')
  await deliver('Pendant la panne')
  await world.operator.imapUp()
  await expect(listRow(app.page, 'Pendant la panne')).toContainText('Texte fictif', { timeout: 60_000 })
  await expect(app.page.getByText(/À jour/)).toBeVisible({ timeout: patience })
  await expect(app.page.getByText(/Les messages déjà reçus restent lisibles/)).toBeHidden()
})

test('locked and opened again without servers, the mailbox is there', async () => {
  await world.operator.imapDown()
  await app.emitPower('suspend')
  await says(app.page, 'Messagerie verrouillée avec la session du poste.')
  await unlock(app.page, anne.card.pin)
  await listRow(app.page, 'Pendant la panne').click()
  await reads(app.page, 'Texte fictif de « Pendant la panne ».')
  await world.operator.imapUp()
})
