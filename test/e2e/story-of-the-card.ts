/** A day with the card: first run, reading, answering with a signature, the card pulled at the wrong moment. */
import { expect, type Page } from '@playwright/test'
import { people } from '../operator/index.ts'
import { landmarks, seededWords } from '../operator/seed/index.ts'
import type { Step } from './play-story.ts'
import {
  cardLoginBuilt,
  enterMailbox,
  findServers,
  listRow,
  logInWithPsc,
  patience,
  protectWithCard,
  readableWords,
  sawLogin,
  setSendDelay,
  unlock,
} from './story.ts'
import type { RunningApp, World } from './world.ts'

const answerText =
  'Merci pour ce compte rendu. Ionogramme prévu le 4 décembre, résultats transmis dès réception.'

const writing = (page: Page) => page.getByRole('dialog', { name: 'Rédaction d’un message' })

/** With the PIN; the card then logs in by itself. Tokens live in memory only: the provider asks again after locking. */
const openAgain = async (world: World, anne: RunningApp): Promise<void> => {
  await unlock(anne.page, people.anne.card.pin)
  if (cardLoginBuilt()) return
  const login = anne.page.getByRole('button', { name: /Pro Santé Connect/ }).first()
  await login.click({ timeout: patience })
  await anne.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
  await logInWithPsc(world, anne, people.anne.rpps)
}

/** The draft on this workstation, from the list of drafts. */
const openDraft = async (page: Page): Promise<void> => {
  await page
    .getByRole('button', { name: /^Brouillons/ })
    .or(page.getByRole('row', { name: /^Brouillons/ }))
    .first()
    .click()
  const mine = page.getByRole('region', { name: 'En cours d’écriture sur ce poste' })
  await mine.getByRole('button').first().click({ timeout: patience })
}

export const cardSteps: readonly Step[] = [
  {
    name: 'protect-with-card',
    who: 'anne',
    run: ({ anne }) => protectWithCard(anne.page, people.anne.card.pin),
  },
  {
    name: 'find-servers',
    who: 'anne',
    run: ({ anne }) => findServers(anne.page, people.anne.address),
  },
  {
    name: 'card-login',
    who: 'anne',
    only: 'card',
    run: async ({ world, anne }) => {
      await expect(anne.page.getByText('aucun mot de passe n’est demandé ni enregistré')).toBeVisible()
      await anne.page.getByRole('button', { name: 'Se connecter avec la carte' }).click()
      await expect(
        anne.page.getByRole('heading', { name: /Vos messages arrivent|Tout est prêt/ }),
      ).toBeVisible({ timeout: patience })
      await sawLogin(world, people.anne.address, 'EXTERNAL')
    },
  },
  {
    name: 'pro-sante-connect',
    who: 'anne',
    only: 'psc',
    run: async ({ world, anne }) => {
      await anne.page.getByRole('button', { name: 'Continuer avec Pro Santé Connect' }).click()
      await logInWithPsc(world, anne, people.anne.rpps)
      await expect(
        anne.page.getByRole('heading', { name: /Vos messages arrivent|Tout est prêt/ }),
      ).toBeVisible({
        timeout: patience,
      })
    },
  },
  {
    name: 'first-sync',
    who: 'anne',
    run: async ({ anne }) => {
      await enterMailbox(anne.page)
      // The seconds to change one's mind have their own test.
      await setSendDelay(anne.page, 0)
      await expect(listRow(anne.page, 'HH Potassium')).toBeVisible({ timeout: patience })
      await expect(anne.page.getByText(/À jour/)).toBeVisible({ timeout: 120_000 })
    },
  },
  {
    name: 'unlock-with-pin',
    who: 'anne',
    run: async ({ world, anne }) => {
      await anne.page.getByRole('button', { name: 'Verrouiller' }).click()
      await expect(anne.page.getByRole('textbox', { name: /Code porteur/ })).toBeVisible()
      await openAgain(world, anne)
      await expect(anne.page.getByText(/À jour/)).toBeVisible({ timeout: 120_000 })
    },
  },
  {
    name: 'read-result',
    who: 'anne',
    run: async ({ anne }) => {
      await listRow(anne.page, 'HH Potassium').click()
      await expect(anne.page.getByText(/Signature valide/).first()).toBeVisible({ timeout: patience })
      const potassium = anne.page.getByRole('row').filter({ hasText: 'Potassium' }).filter({ hasText: '6,4' })
      await expect(potassium.first()).toBeVisible({ timeout: patience })
      await potassium.first().scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'search',
    who: 'anne',
    run: async ({ anne }) => {
      const field = anne.page.getByRole('searchbox')
      await field.fill('insuffisance cardiaq')
      await expect(listRow(anne.page, /LEROY/i)).toBeVisible({ timeout: patience })
    },
  },
  {
    name: 'answer-signed',
    who: 'anne',
    run: async ({ anne }) => {
      await listRow(anne.page, /LEROY/i).click()
      await expect(anne.page.getByText(/Signature valide/).first()).toBeVisible({ timeout: patience })
      await anne.page.getByRole('button', { name: 'Répondre', exact: true }).click()
      const dialog = anne.page.getByRole('dialog', { name: 'Rédaction d’un message' })
      await expect(dialog.getByText(people.paul.displayName).first()).toBeVisible()
      await dialog.getByRole('textbox', { name: 'Texte du message' }).click()
      await anne.page.keyboard.press('Control+Home')
      await anne.page.keyboard.insertText(answerText)
      const sign = dialog.getByRole('checkbox', { name: 'Signer avec ma carte' })
      if (!(await sign.isChecked())) await dialog.getByText('Signer avec ma carte').click()
      await expect(sign).toBeChecked()
      await expect(dialog.getByText(/Brouillon enregistré/)).toBeVisible({ timeout: patience })
    },
  },
  {
    name: 'card-pulled-while-signing',
    who: 'anne',
    run: async ({ world, anne }) => {
      await world.cards.anne.setSignMilliseconds(800)
      const fault = await world.cards.anne.fault({ fn: 'C_Sign', when: 'mid:300', action: 'remove' })
      await anne.page
        .getByRole('dialog', { name: 'Rédaction d’un message' })
        .getByRole('button', { name: 'Envoyer' })
        .click()
      await expect(anne.page.getByText(/Carte retirée/).first()).toBeVisible({ timeout: patience })
      if (!(await world.cards.anne.fired()).includes(fault))
        throw new Error('the card was not pulled mid-way')
      if (world.operator.received.some((mail) => mail.from === people.anne.address))
        throw new Error('something was sent without its signature')
    },
  },
  {
    name: 'card-back-message-still-there',
    who: 'anne',
    run: async ({ world, anne }) => {
      await world.cards.anne.setSignMilliseconds(300)
      await world.cards.anne.insert()
      await openAgain(world, anne)
      await openDraft(anne.page)
      await expect(writing(anne.page).getByText(answerText)).toBeVisible({ timeout: patience })
      await expect(writing(anne.page).getByRole('checkbox', { name: 'Signer avec ma carte' })).toBeChecked()
    },
  },
  {
    name: 'sent-once',
    who: 'anne',
    run: async ({ world, anne }) => {
      await writing(anne.page).getByRole('button', { name: 'Envoyer' }).click()
      await expect(anne.page.getByRole('dialog', { name: 'Rédaction d’un message' })).toBeHidden({
        timeout: patience,
      })
      await world.operator
        .mailbox('paul')
        .waitFor(
          (message) =>
            message.subject.includes(landmarks.consultation.patient.birthName) &&
            message.subject.startsWith('Re'),
          { seconds: 30 },
        )
      const login = cardLoginBuilt() ? 'EXTERNAL' : 'XOAUTH2'
      await expect
        .poll(() =>
          world.operator.received
            .filter((mail) => mail.from === people.anne.address)
            .map(({ authentication }) => authentication),
        )
        .toEqual([login])
      await anne.page
        .getByRole('button', { name: /^Envoyés/ })
        .or(anne.page.getByRole('row', { name: /^Envoyés/ }))
        .first()
        .click()
      await expect(listRow(anne.page, people.paul.displayName)).toBeVisible({ timeout: patience })
    },
  },
  {
    name: 'verified-by-recipient',
    who: 'paul',
    run: async ({ paul }) => {
      const row = listRow(paul.page, answerText.slice(0, 26))
      await expect(row).toContainText(people.anne.displayName, { timeout: patience })
      await row.click()
      // The list shows it too.
      const read = paul.page.locator('.body-text').getByText(answerText)
      await expect(read).toBeVisible({ timeout: patience })
      await expect(paul.page.getByText(/Signature valide · .*MARTIN/i)).toBeVisible({ timeout: patience })
    },
  },
]

/** The end of the day. */
export const endSteps: readonly Step[] = [
  {
    name: 'card-pulled',
    who: 'anne',
    run: async ({ world, anne }) => {
      await world.cards.anne.remove()
      // How soon (1 s) is tested in app/session and test/invariants, of the vault alone; here a loaded machine also repaints.
      await expect(anne.page.getByRole('grid')).toBeHidden({ timeout: patience })
      await expect(anne.page.getByText(/Carte retirée/).first()).toBeVisible({ timeout: patience })
      const words = await readableWords(anne.profile, [...seededWords, answerText.slice(0, 30)])
      if (words.length > 0) throw new Error(`readable on disk: ${words.slice(0, 3).join(', ')}`)
    },
  },
  {
    name: 'reopened-offline',
    who: 'anne',
    run: async ({ world, anne }) => {
      await world.operator.imapDown()
      await world.operator.smtpDown()
      await world.cards.anne.insert()
      await expect(anne.page.getByRole('textbox', { name: /Code porteur/ })).toBeVisible({
        timeout: patience,
      })
      await unlock(anne.page, people.anne.card.pin)
      await listRow(anne.page, 'HH Potassium').click()
      await expect(anne.page.getByText('Kaliémie contrôlée sur second prélèvement').first()).toBeVisible({
        timeout: patience,
      })
    },
  },
]
