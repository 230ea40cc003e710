import { expect, test } from '@playwright/test'
import { makeReadReceipt } from '../operator/delivery-report.ts'
import { folderNames, people } from '../operator/index.ts'
import { writeLetter } from './letters.ts'
import { closeSettings, openSettings, picture, says } from './stage.ts'
import { createProfile, listRow, patience, setSendDelay } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// What becomes of mail after « Envoyer », in Anne's window, on the operator's servers.
test.describe.configure({ mode: 'serial' })

const { anne, paul, hospital } = people
let world: World
let app: RunningApp

const composer = () => app.page.getByRole('dialog', { name: 'Rédaction d’un message' })
const begin = async (to: readonly string[], subject: string): Promise<void> => {
  await app.page.getByRole('button', { name: 'Nouveau message' }).click()
  for (const address of to) {
    await composer().getByRole('combobox', { name: 'À' }).fill(address)
    await composer().getByRole('combobox', { name: 'À' }).press('Enter')
  }
  await composer().getByRole('textbox', { name: 'Objet' }).fill(subject)
  await composer().getByRole('textbox', { name: 'Texte du message' }).click()
  await app.page.keyboard.insertText('Texte fictif.')
}
const send = async (): Promise<void> => {
  const button = composer().getByRole('button', { name: 'Envoyer', exact: true })
  await expect(button).toBeEnabled()
  await button.click()
  await expect(composer()).toBeHidden({ timeout: patience })
}
const goTo = (folder: string): Promise<void> =>
  app.page
    .getByRole('region', { name: anne.address, exact: true })
    .getByRole('button', { name: new RegExp(`^${folder}`) })
    .click()
const goToWaiting = (): Promise<void> => app.page.getByRole('button', { name: /^En attente/ }).click()
const arrivals = (subject: string) =>
  world.operator
    .mailbox('paul')
    .list()
    .then((messages) => messages.filter((one) => one.subject === subject))

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  app = await world.openApp('anne')
  await createProfile(app, anne)
})
test.afterAll(() => world.stop())

test('a sending taken back is the draft it was, attachment too; let go, it leaves once', async () => {
  const subject = 'Envoi repris'
  // Long enough for a busy machine to say it, take a picture and take it back.
  await setSendDelay(app.page, 30)
  await begin([paul.address], subject)
  const chooser = app.page.waitForEvent('filechooser')
  await composer().getByRole('button', { name: 'Joindre un fichier' }).click()
  await (
    await chooser
  ).setFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('Note fictive.') })
  await says(composer(), 'note.txt')
  await send()
  await says(app.page, /Envoi de .*Envoi repris.* dans/)
  await picture(app.page, 'sending-undo')
  await app.page.getByRole('button', { name: 'Annuler', exact: true }).click()
  await expect(composer()).toBeVisible()
  await expect(composer().getByRole('textbox', { name: 'Objet' })).toHaveValue(subject)
  await says(composer(), 'note.txt', 'Texte fictif.')
  expect(await arrivals(subject)).toEqual([])
  await setSendDelay(app.page, 5)
  await send()
  await world.operator.mailbox('paul').waitFor((one) => one.subject === subject, { seconds: 30 })
  expect(await arrivals(subject)).toHaveLength(1)
  await setSendDelay(app.page, 0)
})

test('a message is planned for another day, seen among what waits, and taken back', async () => {
  await begin([paul.address], 'Pour demain')
  await composer().getByRole('button', { name: 'Programmer l’envoi' }).click()
  const dialog = app.page.getByRole('dialog', { name: 'Envoyer plus tard' })
  await says(dialog, /ouvert et déverrouillé/)
  await picture(app.page, 'sending-later')
  await dialog.getByRole('button', { name: /Demain matin/ }).click()
  await expect(composer()).toBeHidden({ timeout: patience })
  await goToWaiting()
  await says(app.page, 'Programmé', /Partira le/)
  await picture(app.page, 'sending-planned')
  await app.page.getByRole('button', { name: 'Reprendre en brouillon' }).click()
  await expect(composer().getByRole('textbox', { name: 'Objet' })).toHaveValue('Pour demain')
  await composer().getByRole('button', { name: 'Supprimer le brouillon' }).click()
  await says(app.page, 'Rien en attente')
})

test('Sent tells who has the message, who has not and why; the notice is a sentence', async () => {
  world.operator.smtp.bounceNext(hospital.address)
  await begin([paul.address, hospital.address], 'Avis à deux')
  await send()
  await goTo('Envoyés')
  await expect(listRow(app.page, 'Avis à deux')).toContainText('Échec pour 1 sur 2', { timeout: patience })
  await listRow(app.page, 'Avis à deux').click()
  const table = app.page.getByRole('table')
  await expect(table.getByRole('row').filter({ hasText: paul.address })).toContainText('Remis')
  await expect(table.getByRole('row').filter({ hasText: hospital.address })).toContainText(
    'Cette boîte est désactivée',
  )
  await picture(app.page, 'sending-followed')
  await goTo('Réception')
  await listRow(app.page, 'Message non remis').click()
  await says(app.page.getByRole('main'), 'Avis de remise', `Non remis à ${hospital.address}`)
  await picture(app.page, 'sending-notice')
  await app.page.getByRole('button', { name: 'Voir ce message' }).click()
  await says(app.page.getByRole('main'), 'Suivi de l’envoi')
})

test('a read receipt marks the sent message; one that is asked for is sent by hand only', async () => {
  await begin([paul.address], 'À lire par Paul')
  await send()
  const arrived = await world.operator.mailbox('paul').waitFor((one) => one.subject === 'À lire par Paul')
  await world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: makeReadReceipt({
      reader: paul.address,
      sender: anne.address,
      originalMessageId: arrived.messageId ?? '',
      date: new Date(),
    }),
  })
  await goTo('Envoyés')
  await expect(listRow(app.page, 'À lire par Paul')).toContainText('Lu', { timeout: patience })
  await world.operator.deliver({
    from: paul.address,
    to: anne.address,
    raw: writeLetter({
      from: paul,
      to: [anne],
      subject: 'Merci de confirmer',
      text: 'Texte fictif.',
    }).replace('MIME-Version', `Disposition-Notification-To: <${paul.address}>\r\nMIME-Version`),
  })
  await goTo('Réception')
  await listRow(app.page, 'Merci de confirmer').click()
  await says(app.page, 'L’expéditeur demande un accusé de lecture.')
  await picture(app.page, 'sending-receipt')
  await app.page.getByRole('button', { name: 'Envoyer l’accusé de lecture' }).click()
  await says(app.page, 'Accusé de lecture envoyé.')
  await world.operator.mailbox('paul').waitFor((one) => one.subject.startsWith('Lu'), { seconds: 30 })
})

test('a message replaces another and both rows say so', async () => {
  await begin([paul.address], 'Ordonnance fictive')
  await send()
  await goTo('Envoyés')
  await listRow(app.page, 'Ordonnance fictive').click()
  await app.page.getByRole('button', { name: 'Autres actions' }).click()
  await app.page.getByRole('menuitem', { name: 'Annuler et remplacer' }).click()
  await expect(composer().getByRole('textbox', { name: 'Objet' })).toHaveValue(
    '[Annule et remplace] Ordonnance fictive',
  )
  await says(composer(), 'Texte fictif.')
  await send()
  await expect(listRow(app.page, '[Annule et remplace]')).toContainText('remplace', { timeout: patience })
  await expect(listRow(app.page, 'remplacé')).toContainText('Ordonnance fictive')
  await listRow(app.page, 'remplacé').click()
  await says(app.page.getByRole('main'), /Ce message a été annulé et remplacé/)
  await picture(app.page, 'sending-replaced')
})

test('of a message whose fate is unknown, the user decides; removing the account names what would be lost', async () => {
  world.operator.smtp.setDeliveryNotices(false)
  world.operator.smtp.dropNextReply()
  await begin([paul.address], 'Parti ou non')
  await send()
  await goToWaiting()
  await says(app.page, 'À décider', /Il est peut-être parti/)
  await picture(app.page, 'sending-unknown')
  await openSettings(app.page, 'Comptes')
  await app.page.getByRole('button', { name: `Retirer ${anne.address}` }).click()
  await says(app.page, /1 message de cette boîte n’est pas encore parti/)
  await picture(app.page, 'sending-account')
  await app.page.getByRole('alertdialog').getByRole('button', { name: 'Annuler' }).click()
  await expect(app.page.getByRole('alertdialog')).toBeHidden()
  await closeSettings(app.page)
  await app.page.getByRole('button', { name: 'C’est parti' }).click()
  await says(app.page, 'Rien en attente')
  expect(await arrivals('Parti ou non')).toHaveLength(1)
  const copies = await world.operator.mailbox('anne').list(folderNames.sent)
  expect(copies.filter((one) => one.subject === 'Parti ou non')).toHaveLength(1)
})

test('locking while a message waits for its seconds asks, and sends it first', async () => {
  world.operator.smtp.setDeliveryNotices(true)
  await setSendDelay(app.page, 30)
  await begin([paul.address], 'Avant de fermer')
  await send()
  await app.page.getByRole('button', { name: 'Verrouiller' }).click()
  await says(app.page, 'Un message n’est pas encore parti')
  await picture(app.page, 'sending-lock')
  await app.page.getByRole('button', { name: 'Envoyer puis verrouiller' }).click()
  await says(app.page, 'Vous avez verrouillé la messagerie.')
  expect(await arrivals('Avant de fermer')).toHaveLength(1)
})
