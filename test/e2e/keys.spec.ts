import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, type Locator } from '@playwright/test'
import { people, type Person } from '../operator/index.ts'
import {
  closeSettings,
  escape,
  keepNotification,
  leaveRecoveryCode,
  openSettings,
  picture,
  says,
} from './stage.ts'
import { createProfile, findServersOf, listRow, patience, typePin } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Everything through the window: Anne works with her card, Paul opens with a passphrase and has no card at first.
test.describe.configure({ mode: 'serial' })

const { anne, paul } = people
const passphrase = 'girafe lucarne moisson tandem'
const secret = 'Sérologie fictive négative, rien à signaler.'
const answer = 'Reçu et lu, merci. Contrôle fictif dans un an.'
let world: World
let hers: RunningApp
let his: RunningApp

const certificates = (app: RunningApp) => app.page.getByRole('region', { name: 'Certificats et clés' })
const ownKeys = (app: RunningApp) => certificates(app).getByRole('region', { name: 'Mes clés' })
const known = (app: RunningApp) =>
  certificates(app).getByRole('region', { name: 'Certificats des correspondants' })
const choose = async (app: RunningApp, place: Locator, button: string, name: string, buffer: Buffer) => {
  const chooser = app.page.waitForEvent('filechooser')
  await place.getByRole('button', { name: button }).click()
  await (await chooser).setFiles({ name, mimeType: 'application/octet-stream', buffer })
}
/** Chooses a .p12 and types its password. */
const importKey = async (app: RunningApp, name: string, bytes: Buffer, password: string): Promise<void> => {
  await choose(app, ownKeys(app), 'Importer une clé', name, bytes)
  await retypePassword(app, name, password)
}
const retypePassword = async (app: RunningApp, name: string, password: string): Promise<void> => {
  await ownKeys(app).getByLabel(`Mot de passe de ${name}`).fill(password)
  await ownKeys(app).getByRole('button', { name: 'Importer', exact: true }).click()
}
const importCertificate = (app: RunningApp, name: string, bytes: Buffer): Promise<void> =>
  choose(app, known(app), 'Importer un certificat', name, bytes)
const softwareOf = (person: Person) => world.operator.pki.software(person.key)

const composer = (app: RunningApp) => app.page.getByRole('dialog', { name: 'Rédaction d’un message' })
const sendButton = (app: RunningApp) => composer(app).getByRole('button', { name: 'Envoyer' })
const option = (app: RunningApp, name: string) => composer(app).getByRole('checkbox', { name })
const pinDialog = (app: RunningApp) => app.page.getByRole('dialog', { name: 'Signer avec votre carte' })
const begin = async (app: RunningApp, to: Person, subject: string, body: string): Promise<void> => {
  await app.page.getByRole('button', { name: 'Nouveau message' }).click()
  const field = composer(app).getByRole('combobox', { name: 'À' })
  await field.fill(to.address)
  await field.press('Enter')
  await composer(app).getByRole('textbox', { name: 'Objet' }).fill(subject)
  await composer(app).getByRole('textbox', { name: 'Texte du message' }).click()
  await app.page.keyboard.insertText(body)
}
const send = async (app: RunningApp): Promise<void> => {
  await expect(sendButton(app)).toBeEnabled()
  await sendButton(app).click()
  await expect(composer(app)).toBeHidden({ timeout: patience })
}
const read = async (app: RunningApp, subject: string | RegExp, text: string): Promise<void> => {
  await listRow(app.page, subject).click({ timeout: patience })
  await expect(app.page.frameLocator('iframe[sandbox]').getByText(text)).toBeVisible({ timeout: patience })
}
const goTo = (app: RunningApp, person: Person, folder: string): Promise<void> =>
  app.page
    .getByRole('region', { name: person.address })
    .getByRole('button', { name: new RegExp(`^${folder}`) })
    .click()
const source = async (person: Person, subject: string): Promise<string> => {
  const mailbox = world.operator.mailbox(person.key)
  const message = await mailbox.waitFor((one) => one.subject === subject, { seconds: 30 })
  return (await mailbox.source(message.uid)).toString('latin1')
}

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  await world.cards.paul.remove()
  hers = await world.openApp('anne')
  await createProfile(hers, anne)
})
test.afterAll(() => world.stop())

test('one’s key is imported in the settings, after a wrong password and a damaged file', async () => {
  const { confidentiality, passphrase: password } = softwareOf(anne)
  await openSettings(hers.page, 'Certificats et clés')
  await says(ownKeys(hers), /Aucune clé importée/)
  await importKey(hers, 'anne.p12', confidentiality.p12, 'pas le bon')
  await says(ownKeys(hers), 'Le mot de passe de ce fichier est incorrect.')
  await picture(hers.page, 'keys-wrong-password')
  await retypePassword(hers, 'anne.p12', password)
  const list = ownKeys(hers).getByRole('list', { name: 'Mes clés' })
  await says(list, anne.address, /valable jusqu’au/)
  await expect(list.getByRole('listitem')).toHaveCount(1)
  await picture(hers.page, 'keys-own-key')
  await importKey(hers, 'abime.p12', confidentiality.p12.subarray(0, 900), password)
  await says(ownKeys(hers), 'Ce fichier n’est pas un certificat .p12 lisible.')
  await picture(hers.page, 'keys-damaged')
  await ownKeys(hers).getByRole('button', { name: 'Annuler' }).click()
  await importKey(hers, 'certificat.p12', Buffer.from(confidentiality.pem), password)
  await says(ownKeys(hers), 'Ce fichier n’est pas un certificat .p12 lisible.')
  await ownKeys(hers).getByRole('button', { name: 'Annuler' }).click()
  await expect(list.getByRole('listitem')).toHaveCount(1)
})

test('a correspondent’s certificate is imported as .cer, .pem and .p7b, and told when it is none', async () => {
  const { confidentiality, signature } = softwareOf(paul)
  const issuer = world.operator.pki.trusted.find(({ file }) => file === 'ACI-EL-PP-TEST')?.pem ?? ''
  const leaves = join(world.folder, 'paul.pem')
  const chain = join(world.folder, 'chain.pem')
  writeFileSync(leaves, confidentiality.pem)
  writeFileSync(chain, issuer)
  const files = ['-certfile', chain, '-certfile', leaves]
  const p7b = execFileSync('openssl', ['crl2pkcs7', '-nocrl', ...files, '-outform', 'DER'])
  const certificatesKnown = known(hers).getByRole('list', { name: `Certificats connus de ${paul.address}` })
  await importCertificate(hers, 'lettre.cer', Buffer.from('Ceci n’est pas un certificat.'))
  await says(known(hers), 'Ce fichier ne contient pas de certificat lisible.')
  await picture(hers.page, 'keys-no-certificate')
  await known(hers).getByRole('textbox', { name: 'Adresse du correspondant' }).fill(paul.address)
  await known(hers).getByRole('button', { name: 'Chercher' }).click()
  await says(known(hers), `Aucun certificat connu pour ${paul.address}.`)
  await importCertificate(hers, 'paul.p7b', p7b)
  await says(certificatesKnown, paul.address, /valable jusqu’au/)
  await expect(known(hers).getByText('Ce fichier ne contient pas de certificat lisible.')).toHaveCount(0)
  await importCertificate(hers, 'paul.cer', confidentiality.der)
  await says(hers.page, `Certificat ajouté : ${paul.address}`)
  await expect(certificatesKnown.getByRole('listitem')).toHaveCount(1)
  await importCertificate(hers, 'paul-signature.pem', Buffer.from(signature.pem))
  await expect(certificatesKnown.getByRole('listitem')).toHaveCount(2)
  await keepNotification(hers.page, /^Certificat ajouté/)
  await picture(hers.page, 'keys-certificates')
  await closeSettings(hers.page)
})

test('a message is encrypted and signed; the copy in Sent is read again', async () => {
  await begin(hers, paul, 'Message chiffré', secret)
  await composer(hers).getByText('Signer avec ma carte').click()
  await composer(hers).getByText('Chiffrer', { exact: true }).click()
  await picture(hers.page, 'keys-compose')
  // What was just said of the import covers nothing that one presses.
  const told = await keepNotification(hers.page, /^Certificat ajouté/)
  await expect(told).toBeVisible()
  await sendButton(hers).click({ trial: true })
  await send(hers)
  await told.getByRole('button', { name: 'Fermer' }).click()
  const message = await source(paul, 'Message chiffré')
  expect(message).toMatch(/application\/(x-)?pkcs7-mime/i)
  expect(message).not.toMatch(/rologie/)
  await goTo(hers, anne, 'Envoyés')
  await read(hers, 'Message chiffré', secret)
  await says(hers.page, 'Chiffré', /Signature valide · .*MARTIN/i)
  await picture(hers.page, 'keys-sent-copy')
})

test('another certificate for a correspondent replaces none by itself: one is asked, also when writing', async () => {
  const [keyFile, certificateFile] = [join(world.folder, 'other.key'), join(world.folder, 'other.pem')]
  const names = ['-subj', '/CN=Paul BERNARD', '-addext', `subjectAltName=email:${paul.address}`]
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-out', certificateFile]
  const usage = ['-addext', 'keyUsage=keyEncipherment', '-addext', 'basicConstraints=CA:FALSE']
  execFileSync('openssl', ['req', '-x509', ...made, '-days', '300', ...names, ...usage], { stdio: 'pipe' })
  await openSettings(hers.page, 'Certificats et clés')
  await importCertificate(hers, 'autre.pem', readFileSync(certificateFile))
  await says(known(hers), /Le certificat de .* a changé/, 'Autre émetteur.', 'À confirmer')
  await picture(hers.page, 'keys-changed')
  await closeSettings(hers.page)
  await begin(hers, paul, 'À confirmer', 'Texte fictif à confirmer.')
  await composer(hers).getByText('Chiffrer', { exact: true }).click()
  await says(composer(hers), 'Le certificat d’un destinataire a changé', 'Autre émetteur.')
  await expect(sendButton(hers)).toBeDisabled()
  await picture(hers.page, 'keys-changed-composer')
  await composer(hers).getByRole('button', { name: 'Garder l’ancien' }).click()
  await expect(sendButton(hers)).toBeEnabled()
  await expect(composer(hers).getByText(/a changé/)).toHaveCount(0)
  await escape(composer(hers))
  await openSettings(hers.page, 'Certificats et clés')
  await says(known(hers), 'Écarté')
  const refused = known(hers).getByRole('listitem').filter({ hasText: 'Écarté' })
  await refused.getByRole('button', { name: /^Oublier/ }).click()
  await expect(refused).toHaveCount(0)
  // It comes again, and nothing is decided this time.
  await importCertificate(hers, 'autre.pem', readFileSync(certificateFile))
  await says(known(hers), 'À confirmer')
  await ownKeys(hers)
    .getByRole('button', { name: /^Supprimer la clé/ })
    .click()
  const warning = hers.page.getByRole('alertdialog', { name: 'Supprimer définitivement cette clé ?' })
  await says(warning, /ne pourront plus jamais être lus/)
  await warning.getByRole('button', { name: 'Annuler' }).click()
  await closeSettings(hers.page)
})

test('the recipient, who opened with a passphrase, imports his key and reads it', async () => {
  his = await world.openApp('paul')
  await his.page.getByRole('button', { name: 'Commencer' }).click()
  await his.page.getByText('Une phrase de passe').click()
  await his.page.getByRole('textbox', { name: 'Phrase de passe' }).fill(passphrase)
  await his.page.getByRole('textbox', { name: 'La même, encore une fois' }).fill(passphrase)
  await his.page.getByRole('button', { name: 'Protéger cette messagerie' }).click()
  await leaveRecoveryCode(his.page)
  await findServersOf(his.page, paul.address)
  await his.page.getByText('Mot de passe', { exact: true }).click()
  await his.page.getByRole('textbox', { name: 'Mot de passe de la boîte' }).fill(paul.password)
  await his.page.getByRole('button', { name: 'Se connecter' }).click()
  await his.page.getByRole('button', { name: 'Ouvrir la messagerie' }).click({ timeout: patience })
  await listRow(his.page, 'Message chiffré').click({ timeout: patience })
  await says(his.page, 'La clé qui déchiffre ce message n’est pas dans SousPli.')
  await expect(his.page.getByText('Non signé', { exact: true })).toHaveCount(0)
  await picture(his.page, 'keys-no-key')
  await openSettings(his.page, 'Certificats et clés')
  const { confidentiality, passphrase: password } = softwareOf(paul)
  await importKey(his, 'paul.p12', confidentiality.p12, password)
  await says(ownKeys(his).getByRole('list', { name: 'Mes clés' }), paul.address)
  await closeSettings(his.page)
  // The message on the screen is read with the key that has just come.
  await expect(his.page.frameLocator('iframe[sandbox]').getByText(secret)).toBeVisible({ timeout: patience })
  await says(his.page, 'Chiffré', /Signature valide · .*MARTIN/i)
  await picture(his.page, 'keys-decrypted')
})

test('an answer to an encrypted message is encrypted unless one decides otherwise', async () => {
  await his.page.getByRole('button', { name: 'Répondre', exact: true }).click()
  await expect(option(his, 'Chiffrer')).toBeChecked()
  await his.page.keyboard.press('Control+Home')
  await his.page.keyboard.insertText(answer)
  await picture(his.page, 'keys-answer')
  await send(his)
  const subject = 'Re: Message chiffré'
  expect(await source(anne, subject)).toMatch(/application\/(x-)?pkcs7-mime/i)
  await goTo(hers, anne, 'Réception')
  await read(hers, subject, answer)
  await says(hers.page, /^Chiffré/)
})

test('with a card put in later, signing asks for the PIN, says the tries left, and sends', async () => {
  await world.cards.paul.insert()
  await goTo(his, paul, 'Réception')
  await begin(his, anne, 'Signé après coup', 'Texte fictif signé avec la carte.')
  await composer(his).getByText('Signer avec ma carte').click()
  await says(composer(his), 'Carte et code demandés pour signer')
  await sendButton(his).click()
  await expect(pinDialog(his)).toBeVisible()
  await picture(his.page, 'keys-pin')
  await typePin(his.page, '9876')
  await pinDialog(his).getByRole('button', { name: 'Signer et envoyer' }).click()
  await says(pinDialog(his), 'Code porteur incorrect.', 'Il reste 2 essais avant le blocage de la carte.')
  await picture(his.page, 'keys-pin-wrong')
  await typePin(his.page, paul.card.pin)
  await pinDialog(his).getByRole('button', { name: 'Signer et envoyer' }).click()
  await expect(composer(his)).toBeHidden({ timeout: patience })
  expect(await world.cards.paul.triesLeft()).toBe(3)
  await read(hers, 'Signé après coup', 'Texte fictif signé avec la carte.')
  await says(hers.page, /Signature valide · .*BERNARD/i)
  // Nothing was decided of the certificate that was imported.
  await says(hers.page, /Le certificat de .* a changé/)
  await picture(hers.page, 'keys-signed')
})

test('the card pulled while the PIN is asked is told, and the draft stays', async () => {
  await world.cards.paul.remove()
  // Put back, the card asks for its PIN again.
  await world.cards.paul.insert()
  const subject = 'Message interrompu'
  await begin(his, anne, subject, 'Texte fictif interrompu.')
  if (!(await option(his, 'Signer avec ma carte').isChecked()))
    await composer(his).getByText('Signer avec ma carte').click()
  await says(composer(his), 'Carte et code demandés pour signer')
  await sendButton(his).click()
  await expect(pinDialog(his).getByRole('textbox', { name: /Code porteur/ })).toBeVisible()
  await world.cards.paul.remove()
  await says(pinDialog(his), 'Aucune carte n’est dans le lecteur.', 'Insérez votre carte CPS, puce en avant.')
  await says(pinDialog(his), 'Rien n’est parti, votre message est gardé dans les brouillons.')
  await picture(his.page, 'keys-pin-no-card')
  await world.cards.paul.insert()
  await expect(pinDialog(his).getByRole('textbox', { name: /Code porteur/ })).toBeVisible()
  await world.cards.paul.remove()
  await escape(pinDialog(his))
  await says(composer(his), 'Texte fictif interrompu.')
  await escape(composer(his))
  await goTo(his, paul, 'Brouillons')
  await his.page.getByRole('button', { name: /Message interrompu/ }).click()
  await says(composer(his), 'Texte fictif interrompu.')
  await picture(his.page, 'keys-draft-kept')
  expect(world.operator.received.filter(({ header }) => header.includes(subject))).toEqual([])
})
