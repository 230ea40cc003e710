import fc from 'fast-check'
import { expect, it } from 'vitest'
import { inputsOf } from '../test/invariants/inputs.fixture.ts'
import { coreCalls, fail, ok, type CoreMethod, type TraceAction } from './contract/index.ts'
import { traceOfCall } from './traced-calls.ts'

/** What a user does with a mailbox without its server: whoever takes a trace away from one of these must say so here. */
const leaves: Partial<Record<TraceAction, readonly CoreMethod[]>> = {
  read: ['messages.view', 'inspect.message', 'quarantine.retry'],
  searched: ['messages.search'],
  drafted: [
    'drafts.create',
    'drafts.save',
    'drafts.discard',
    'drafts.attach',
    'drafts.detach',
    'draftDocuments.add',
    'draftDocuments.change',
    'draftDocuments.replaceContent',
    'draftDocuments.convert',
    'draftDocuments.remove',
  ],
  'outbox-changed': [
    'drafts.send',
    'outbox.retry',
    'outbox.cancel',
    'outbox.edit',
    'outbox.verify',
    'outbox.confirm',
    'outbox.reschedule',
  ],
  receipt: ['receipts.answer'],
  patient: [
    'patients.get',
    'patients.create',
    'patients.attach',
    'patients.detach',
    'patients.decide',
    'patients.merge',
    'patients.undo',
    'patients.setOpposition',
    'patients.setProfessional',
  ],
  record: [
    'integration.saveTarget',
    'integration.removeTarget',
    'integration.file',
    'integration.transfer',
    'integration.retry',
    'integration.cancel',
    'integration.settle',
    'integration.withdraw',
    'integration.saveRule',
    'integration.removeRule',
    'integration.orderRules',
    'integration.undo',
  ],
  imported: ['exchange.import', 'exchange.cancelImport', 'exchange.resumeImport'],
  exported: ['exchange.export', 'exchange.cancelExport'],
  'store-copied': ['storage.backup', 'storage.removeAside'],
  retention: ['storage.setRetention'],
  'account-added': ['accounts.create'],
  'account-changed': ['accounts.update', 'documentAuthor.set', 'session.enrolCard'],
  'account-removed': ['accounts.remove'],
  'folder-changed': ['folders.setRole'],
  login: [
    'accounts.login',
    'accounts.useCard',
    'accounts.useP12',
    'signIn.start',
    'signIn.signOut',
    'signIn.giveCode',
  ],
  'traces-exported': ['traces.export'],
  'traces-checked': ['traces.compare'],
}
const all = Object.entries(leaves).flatMap(([action, methods]) =>
  methods.map((method) => [method, action] as const),
)

it.each(all)('ECO.4.1.1: %s leaves a trace (%s), also when it fails', (method, action) => {
  const { input } = coreCalls[method]
  const accepted = fc
    .sample(inputsOf(input), { numRuns: 60, seed: 7 })
    .flatMap((one) => (input.safeParse(one).success ? [input.parse(one)] : []))
  expect(accepted.length).toBeGreaterThan(0)
  for (const one of accepted) {
    expect(traceOfCall(method, one, fail('core.internal'))).toMatchObject({
      action,
      outcome: 'failed',
      code: 'core.internal',
    })
    expect(traceOfCall(method, one, ok(null))).toMatchObject({ action, outcome: 'ok', code: null })
  }
})

it('ECO.4.1.1: no other call leaves one here: those say why not', () => {
  const expected = new Set<string>(all.map(([method]) => method))
  const others = (Object.keys(coreCalls) as CoreMethod[]).filter((method) => !expected.has(method))
  expect(others.filter((method) => traceOfCall(method, {}, ok(null)) !== null)).toEqual([])
})
