import { useEffect, useState } from 'react'
import type { TraceChain } from '../../app/contract/index.ts'
import { invoke, on } from '../client/index.ts'
import { openTraces } from '../data/index.ts'
import { Banner, Button } from '../design/index.ts'
import { number, t } from '../i18n/index.ts'

type BrokenChain = Extract<TraceChain, { state: 'broken' }>

/** What a check found wrong with the traces, null while nothing is. */
export const useBrokenTraces = (): BrokenChain | null => {
  const [chain, setChain] = useState<TraceChain | null>(null)
  useEffect(() => {
    const stop = on('traces.checked', setChain)
    void invoke('traces.state', null).then((state) => {
      if (state.ok) setChain((told) => told ?? state.value.chain)
    })
    return stop
  }, [])
  return chain?.state === 'broken' ? chain : null
}

/** Traces were changed or taken away. */
export const BrokenTracesBanner = ({ chain }: { chain: BrokenChain }) => (
  <Banner
    tone="error"
    title={t(`traces.broken-${chain.finding}`, { at: number(chain.at) })}
    actions={
      <Button size="small" onPress={openTraces}>
        {t('traces.open')}
      </Button>
    }
  >
    <p>
      {t(`traces.brokenText-${chain.finding}`)} {t('traces.brokenText')}
    </p>
  </Banner>
)
