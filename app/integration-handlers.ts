import type { CoreMethod, Input, Outcome, Output } from './contract/index.ts'
import type { Integration } from './integration/index.ts'

type Method = Extract<CoreMethod, `integration.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> }

/** The calls of a window about patient records. */
export const integrationHandlers = (integration: Integration): Handlers => {
  const { targets, rules } = integration
  return {
    'integration.targets': () => targets.shown(),
    'integration.saveTarget': (wish) => targets.save(wish),
    'integration.removeTarget': ({ id }) => targets.remove(id),
    'integration.testTarget': ({ id }) => targets.test(id),
    'integration.offers': ({ messageId }) => integration.offers(messageId),
    'integration.file': (wish) => integration.file(wish),
    'integration.transfer': ({ messageId, targetId }) => integration.transfer(messageId, targetId),
    'integration.filings': (query) => integration.filings(query),
    'integration.retry': ({ id }) => integration.retry(id),
    'integration.cancel': ({ id }) => integration.cancel(id),
    'integration.settle': ({ id, filed }) => integration.settle(id, filed),
    'integration.withdraw': ({ id, asked }) => integration.withdraw(id, asked ?? null),
    'integration.rules': () => rules.list(),
    'integration.saveRule': ({ id, rule }) => rules.save(id, rule),
    'integration.removeRule': ({ id }) => rules.remove(id),
    'integration.orderRules': ({ ids }) => rules.order(ids),
    'integration.tryRule': ({ rule, limit }) => rules.trial(rule, limit),
    'integration.journal': ({ before, limit }) => rules.journal(before, limit),
    'integration.undo': ({ id }) => rules.undo(id),
  }
}
