/** Files one document and never hears of it again: killed by its test between sending and the answer. */
import { letterWith, mllpPlace, openPracticeIn, reports, value } from './practice.fixture.ts'

const [folder = '', port = ''] = process.argv.slice(2)
const practice = await openPracticeIn({ folder })
const target = await practice.target(mllpPlace(Number(port), { answerSeconds: 60 }))
const messageId = await practice.receive(await letterWith([(await reports('crash')).first], 'crash'))
const [offer] = value(await practice.integration.offers(messageId)).documents
value(
  await practice.integration.file({
    messageId,
    documentIds: [offer?.documentId ?? ''],
    targetId: target.id,
    despite: [],
  }),
)
