/**
 * Files one document and is killed: by its test, or by itself just before or after a step of the store (`filings.begin after`).
 */
import { letterWith, mllpPlace, openPracticeIn, reports, value } from './practice.fixture.ts'

const [folder = '', port = '', seed = 'crash', step = '', when = ''] = process.argv.slice(2)
const practice = await openPracticeIn({ folder })
const target = await practice.target(mllpPlace(Number(port), { answerSeconds: 60 }))
const messageId = await practice.receive(await letterWith([(await reports(seed)).first], seed))
const [offer] = value(await practice.integration.offers(messageId)).documents
const run = practice.vault.run.bind(practice.vault)
const die = (): void => void process.kill(process.pid, 'SIGKILL')
practice.vault.run = async (name, params) => {
  if (name === step && when === 'before') die()
  const outcome = await run(name, params)
  if (name === step && when === 'after') die()
  return outcome
}
value(
  await practice.integration.file({
    messageId,
    documentIds: [offer?.documentId ?? ''],
    targetId: target.id,
    despite: [],
  }),
)
