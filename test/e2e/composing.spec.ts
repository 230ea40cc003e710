import { randomBytes } from 'node:crypto'
import { expect, test, type Page } from '@playwright/test'
import { people } from '../operator/index.ts'
import { holdsFile, writeLetter, type Letter } from './letters.ts'
import { picture, reads, says, withLateFrames } from './stage.ts'
import { createProfile, listRow, patience, unlock } from './story.ts'
import { startWorld, type RunningApp, type World } from './world.ts'

// Anne's window on a mailbox of a few letters, written for each test; Paul's own only where he must read.
test.describe.configure({ mode: 'serial' })

const { anne, paul, secretary, hospital } = people
let world: World
let app: RunningApp

const composer = () => app.page.getByRole('dialog', { name: 'Rédaction d’un message' })
const subjectField = () => composer().getByRole('textbox', { name: 'Objet' })
const text = () => composer().getByRole('textbox', { name: 'Texte du message' })
const sendButton = () => composer().getByRole('button', { name: 'Envoyer' })
const recipients = (field: 'À' | 'Cc') => composer().getByRole('list', { name: `Destinataires, ${field}` })

const begin = async (to: string, subject: string, body: string): Promise<void> => {
  await app.page.getByRole('button', { name: 'Nouveau message' }).click()
  await composer().getByRole('combobox', { name: 'À' }).fill(to)
  await composer().getByRole('combobox', { name: 'À' }).press('Enter')
  await expect(recipients('À').getByRole('listitem')).toHaveCount(1)
  await subjectField().fill(subject)
  await text().click()
  await app.page.keyboard.insertText(body)
}
const send = async (): Promise<void> => {
  await expect(sendButton()).toBeEnabled()
  await sendButton().click()
  await expect(composer()).toBeHidden({ timeout: patience })
}
const goTo = (folder: string): Promise<void> =>
  app.page
    .getByRole('region', { name: anne.address })
    .getByRole('button', { name: new RegExp(`^${folder}`) })
    .click()
const expectSaved = () => says(composer(), /Brouillon enregistré/)
const arrival = async (subject: string, seconds = 30): Promise<Buffer> => {
  const mailbox = world.operator.mailbox('paul')
  const message = await mailbox.waitFor((one) => one.subject === subject, { seconds })
  return mailbox.source(message.uid)
}
const receive = async (letter: Letter): Promise<void> => {
  await world.operator.deliver({
    from: letter.from.address,
    to: anne.address,
    raw: writeLetter(letter),
  })
  await listRow(app.page, letter.subject).click()
  await reads(app.page, letter.text)
}
const upload = (page: Page, bytes: Uint8Array): Promise<string> =>
  page.evaluate(
    async ({ data, uploadId }) => {
      const { souspli } = globalThis as unknown as { souspli: { origins: { part: string } } }
      const address = `${souspli.origins.part}upload/${uploadId}?index=0&last=true`
      const body = new Uint8Array(data)
      const answer = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body,
      })
      if (!answer.ok) throw new Error(`upload refused: ${answer.status}`)
      return uploadId
    },
    { data: [...bytes], uploadId: randomBytes(8).toString('hex') },
  )
const ask = (
  page: Page,
  method: string,
  input: unknown,
): Promise<{ ok: boolean; error?: { code: string } }> =>
  page.evaluate(
    ([name, value]) => {
      const { souspli } = globalThis as unknown as {
        souspli: { invoke: (method: unknown, input: unknown) => Promise<{ ok: boolean }> }
      }
      return souspli.invoke(name, value)
    },
    [method, input] as const,
  )

test.beforeAll(async () => {
  world = await startWorld({ seed: false, signMilliseconds: 50 })
  app = await world.openApp('anne')
  await createProfile(app, anne)
})
test.afterAll(() => world.stop())

test('files joined by the button and by drop arrive byte for byte', async () => {
  const scan = randomBytes(300 * 1024)
  const note = randomBytes(5_000)
  const subject = 'Deux fichiers joints'
  await begin(paul.address, subject, 'Les deux fichiers fictifs sont joints.')
  const chooser = app.page.waitForEvent('filechooser')
  await composer().getByRole('button', { name: 'Joindre un fichier' }).click()
  await (
    await chooser
  ).setFiles({ name: 'Échographie n° 2.bin', mimeType: 'application/octet-stream', buffer: scan })
  const dropped = await app.page.evaluateHandle(
    (data) => {
      const { DataTransfer: Transfer } = globalThis as unknown as {
        DataTransfer: new () => { items: { add: (file: File) => void } }
      }
      const transfer = new Transfer()
      transfer.items.add(new File([new Uint8Array(data)], 'note.bin', { type: 'application/octet-stream' }))
      return transfer
    },
    [...note],
  )
  await subjectField().dispatchEvent('drop', { dataTransfer: dropped })
  const files = composer().getByRole('list', { name: 'Pièces jointes' })
  await says(files, 'Échographie n° 2.bin', 'note.bin', '300 ko')
  await expect(files.getByRole('progressbar')).toHaveCount(0)
  await picture(app.page, 'compose-files')
  await send()
  const source = await arrival(subject)
  expect(holdsFile(source, scan)).toBe(true)
  expect(holdsFile(source, note)).toBe(true)
})

test('a draft is saved as one types and found again after locking', async () => {
  await begin(paul.address, 'Brouillon à reprendre', 'Première phrase du brouillon.')
  await expectSaved()
  await app.page.keyboard.press('Escape')
  await expect(composer()).toBeHidden()
  await app.page.getByRole('button', { name: 'Verrouiller' }).click()
  await unlock(app.page, anne.card.pin)
  await goTo('Brouillons')
  await picture(app.page, 'compose-drafts')
  await app.page.getByRole('button', { name: /Brouillon à reprendre/ }).click()
  await expect(text()).toContainText('Première phrase du brouillon.')
  await text().click()
  await app.page.keyboard.press('Control+End')
  await app.page.keyboard.insertText(' Deuxième phrase.')
  await expect
    .poll(async () => JSON.stringify(await ask(app.page, 'drafts.list', null)))
    .toContain('Deuxième phrase.')
})

test('pulling the card while writing keeps the draft', async () => {
  await world.cards.anne.remove()
  await says(app.page, 'Carte retirée : la messagerie est refermée et chiffrée.')
  await expect(app.page.getByText('Deuxième phrase')).toHaveCount(0)
  await world.cards.anne.insert()
  await unlock(app.page, anne.card.pin)
  await goTo('Brouillons')
  await app.page.getByRole('button', { name: /Brouillon à reprendre/ }).click()
  await expect(text()).toContainText('Première phrase du brouillon. Deuxième phrase.')
  await composer().getByRole('button', { name: 'Supprimer le brouillon' }).click()
  await expect(composer()).toBeHidden()
  await expect(app.page.getByRole('button', { name: /Brouillon à reprendre/ })).toHaveCount(0)
  await goTo('Réception')
})

test('an answer to all reaches everyone but oneself', async () => {
  const subject = 'Réunion pluridisciplinaire'
  await receive({
    from: paul,
    to: [anne, hospital],
    cc: [secretary],
    subject,
    text: 'Êtes-vous libres jeudi ?',
  })
  await app.page.getByRole('button', { name: 'Répondre à tous' }).click()
  await says(recipients('À'), paul.displayName)
  await says(recipients('Cc'), hospital.displayName, secretary.displayName)
  await expect(composer().getByText(anne.address)).toHaveCount(1) // as the sender
  await expect(subjectField()).toHaveValue(/^Re ?: Réunion pluridisciplinaire$/)
  await expect(text()).toContainText(/a écrit/)
  await picture(app.page, 'compose-reply-all')
  await send()
  await expect
    .poll(() => world.operator.received.at(-1)?.to.toSorted())
    .toEqual([hospital.address, paul.address, secretary.address].toSorted())
})

test('what is typed on the heels of « answer » is in the answer, and commands nothing', async () => {
  const subject = 'Réponse tapée aussitôt'
  await receive({ from: paul, to: [anne], subject, text: 'Question fictive.' })
  await withLateFrames(app.page, async () => {
    // Each of these letters is a command of the mailbox: archive, flag, delete.
    await app.page.keyboard.press('r')
    await app.page.keyboard.type('es # Réponse tapée')
    await says(text(), /^es # Réponse tapée/)
    await expectSaved()
    await app.page.keyboard.press('Escape')
    await expect(composer()).toBeHidden()
    await app.page.keyboard.press('n')
    await app.page.keyboard.type('es # paul')
    await expect(composer().getByRole('combobox', { name: 'À' })).toHaveValue('es # paul')
  })
  await composer().getByRole('button', { name: 'Supprimer le brouillon' }).click()
  await expect(composer()).toBeHidden()
  await expect(listRow(app.page, subject)).toBeVisible()
  await expect(app.page.getByText(/Archivé|Marqué/)).toHaveCount(0)
})

test('a forwarded message keeps its files', async () => {
  const bytes = randomBytes(40_000)
  const subject = 'Tracé à relire'
  await receive({
    from: hospital,
    to: [anne],
    subject,
    text: 'Le tracé est joint.',
    file: { name: 'trace.bin', bytes },
  })
  await app.page.getByRole('button', { name: 'Transférer' }).click()
  await says(composer().getByRole('list', { name: 'Pièces jointes' }), 'trace.bin')
  await composer().getByRole('combobox', { name: 'À' }).fill(paul.address)
  await composer().getByRole('combobox', { name: 'À' }).press('Enter')
  await picture(app.page, 'compose-forward')
  const forwarded = await subjectField().inputValue()
  expect(forwarded).toContain(subject)
  await send()
  expect(holdsFile(await arrival(forwarded), bytes)).toBe(true)
})

test('formatting travels as HTML, and plain text as plain text alone', async () => {
  await begin(paul.address, 'Avec mise en forme', 'Dose : 5 mg')
  await app.page.keyboard.press('Control+a')
  await composer().getByRole('button', { name: 'Gras' }).click()
  await expect(text().locator('strong')).toHaveText('Dose : 5 mg')
  await send()
  expect((await arrival('Avec mise en forme')).toString()).toMatch(/Content-Type: text\/html/i)
  await begin(paul.address, 'Sans mise en forme', 'Dose : 10 mg')
  await composer().getByRole('button', { name: 'Passer en texte simple' }).click()
  await expect(text()).toHaveValue(/Dose : 10 mg/)
  await picture(app.page, 'compose-plain')
  await send()
  const plain = (await arrival('Sans mise en forme')).toString()
  expect(plain).not.toMatch(/text\/html/i)
  expect(plain).toMatch(/Content-Type: text\/plain/i)
})

test('a recipient outside the trust space is shown in red and nothing can be sent', async () => {
  await begin('contact@exemple.test', 'Ne doit pas partir', 'Texte fictif.')
  await says(recipients('À'), 'hors espace de confiance')
  await says(composer(), '1 destinataire refusé : le retirer ou choisir son adresse MSSanté')
  await expect(sendButton()).toBeDisabled()
  await picture(app.page, 'compose-outside')
  await app.page.keyboard.press('Control+Enter')
  await expect(composer()).toBeVisible()
  await composer().getByRole('button', { name: 'Retirer contact@exemple.test' }).click()
  await says(composer(), 'Ajoutez un destinataire')
  await expect(sendButton()).toBeDisabled()
  await composer().getByRole('button', { name: 'Supprimer le brouillon' }).click()
  expect(world.operator.received.flatMap(({ to }) => to)).not.toContain('contact@exemple.test')
})

test('a recipient refused by the server waits in the outbox with the reason', async () => {
  const sentBefore = world.operator.received.length
  world.operator.smtp.refuseNext(paul.address)
  await begin(paul.address, 'Boîte inconnue', 'Texte fictif.')
  await send()
  await app.page.getByRole('button', { name: /^En attente/ }).click()
  await says(
    app.page,
    'Refusé',
    /Tous les destinataires ont été refusés par le serveur\./,
    /Rien n’est parti, votre message est conservé\. Vérifiez les adresses puis renvoyez\./,
    /5\.1\.1/,
  )
  await picture(app.page, 'outbox-refused')
  expect(world.operator.received).toHaveLength(sentBefore)
  await app.page.getByRole('button', { name: 'Envoyer maintenant' }).click()
  await arrival('Boîte inconnue')
  await says(app.page, 'Rien en attente')
})

test('without the sending server the message waits, and leaves by itself', async () => {
  // It is tried again after 2, 4, 8 s and so on up to 100: how many tries fail depends on how busy the machine is.
  test.setTimeout(240_000)
  await world.operator.smtpDown()
  await begin(paul.address, 'En attente du serveur', 'Texte fictif.')
  await send()
  await app.page.getByRole('button', { name: /^En attente/ }).click()
  await says(app.page, 'En attente', /prochain essai à/, /est injoignable/)
  await picture(app.page, 'outbox-waiting')
  await world.operator.smtpUp()
  await arrival('En attente du serveur', 120)
  await says(app.page, 'Rien en attente')
  const copies = world.operator.received.filter(
    ({ messageId }) => messageId === world.operator.received.at(-1)?.messageId,
  )
  expect(copies).toHaveLength(1)
  await goTo('Envoyés')
  await expect(listRow(app.page, 'En attente du serveur')).toBeVisible()
})

test('a message encrypted for Paul is read by Paul alone', async () => {
  const secret = 'Sérologie fictive négative, rien à signaler.'
  const { software } = world.operator.pki
  await goTo('Réception')
  await begin(paul.address, 'Message chiffré', secret)
  await composer().getByText('Chiffrer', { exact: true }).click()
  await says(composer(), 'Chiffrement impossible : certificat d’un destinataire inconnu')
  await expect(sendButton()).toBeDisabled()
  await picture(app.page, 'compose-no-certificate')
  const { pem } = software('paul').confidentiality
  const certificate = await upload(app.page, Buffer.from(pem))
  expect(await ask(app.page, 'certificates.import', { uploadId: certificate })).toMatchObject({ ok: true })
  await text().click()
  await app.page.keyboard.press('Control+End')
  await app.page.keyboard.insertText(' Bien')
  await says(composer(), 'Chiffrement impossible : votre propre certificat (.p12) n’est pas importé')
  await expect(sendButton()).toBeDisabled()
  const own = await upload(app.page, software('anne').confidentiality.p12)
  const { passphrase } = software('anne')
  expect(await ask(app.page, 'keys.importP12', { uploadId: own, passphrase })).toMatchObject({ ok: true })
  await app.page.keyboard.insertText(' à toi.')
  await send()
  const source = (await arrival('Message chiffré')).toString('latin1')
  expect(source).toMatch(/application\/(x-)?pkcs7-mime/i)
  expect(source).not.toContain('rologie')

  const hisApp = await world.openApp('paul')
  await createProfile(hisApp, paul)
  await listRow(hisApp.page, 'Message chiffré').click()
  await says(hisApp.page, 'La clé qui déchiffre ce message n’est pas dans SousPli.')
  await picture(hisApp.page, 'reading-no-key')
  const { p12 } = software('paul').confidentiality
  const key = await upload(hisApp.page, p12)
  const wrong = await ask(hisApp.page, 'keys.importP12', { uploadId: key, passphrase: 'faux' })
  expect(wrong).toMatchObject({ ok: false, error: { code: 'p12.wrong-passphrase' } })
  const again = await upload(hisApp.page, p12)
  const imported = await ask(hisApp.page, 'keys.importP12', {
    uploadId: again,
    passphrase: software('paul').passphrase,
  })
  expect(imported).toMatchObject({ ok: true })
  await listRow(hisApp.page, 'Deux fichiers joints').click()
  await listRow(hisApp.page, 'Message chiffré').click()
  await says(hisApp.page, 'Chiffré')
  await expect(hisApp.page.frameLocator('iframe[sandbox]').getByText(secret)).toBeVisible()
  await picture(hisApp.page, 'reading-decrypted')
})
