import { expect, it } from 'vitest'
import { TraceAction } from '../../app/contract/index.ts'
import { actionsOf, traceGroups } from './groups.ts'

it('the filter offers every kind of trace, each once', () => {
  const offered = traceGroups.flatMap((group) => actionsOf[group])
  expect(offered.toSorted()).toEqual(TraceAction.options.toSorted())
})
