import { constants } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { contractCalls, errorCodes } from '../app/contract/index.ts'
import type { Method, OutcomeData } from '../app/contract/index.ts'
import { channels, installIpc, inputLimit, parseEvent } from './ipc.ts'
import type { IpcOptions } from './ipc.ts'

type Invoke = (event: object, method: unknown, input: unknown) => Promise<OutcomeData>

const setUp = (answer: IpcOptions['answer']) => {
  const handlers = new Map<string, unknown>()
  const record = (channel: string, handler: unknown) => void handlers.set(channel, handler)
  const mainFrame = { origin: 'souspli://app' }
  const contents = { mainFrame }
  const lines: string[] = []
  const activity = vi.fn()
  installIpc({
    ipcMain: { handle: record, on: record } as unknown as IpcOptions['ipcMain'],
    isOurs: (one) => (one as unknown) === contents,
    answer,
    onActivity: activity,
    log: (line) => lines.push(line),
  })
  return {
    invoke: handlers.get(channels.invoke) as Invoke,
    active: handlers.get(channels.activity) as (event: object) => void,
    event: { sender: contents, senderFrame: mainFrame },
    contents,
    lines,
    activity,
  }
}

const codeOf = (outcome: OutcomeData): string => (outcome.ok ? 'ok' : outcome.error.code)

describe('the door for windows', () => {
  it('refuses every sender but the main frame of our window at our exact origin', async () => {
    const answer = vi.fn()
    const { invoke, active, event, contents, activity } = setUp(answer)
    const frame = (origin: string) => ({ sender: { mainFrame: { origin } }, senderFrame: null })
    const subFrame = { origin: 'souspli://app' }
    for (const bad of [
      { ...event, senderFrame: null },
      { ...event, senderFrame: subFrame },
      { sender: { mainFrame: event.senderFrame }, senderFrame: event.senderFrame },
      frame('souspli://app'),
    ]) {
      expect(codeOf(await invoke(bad, 'settings.get', null))).toBe('contract.forbidden-sender')
      active(bad)
    }
    for (const origin of [
      'souspli://app.evil',
      'souspli-mail://app',
      'https://app.souspli.invalid',
      'null',
      '',
    ]) {
      contents.mainFrame.origin = origin
      expect(codeOf(await invoke(event, 'settings.get', null))).toBe('contract.forbidden-sender')
      active(event)
    }
    expect(answer).not.toHaveBeenCalled()
    expect(activity).not.toHaveBeenCalled()
  })

  it('knows the contract’s methods only', async () => {
    const answer = vi.fn()
    const { invoke, event } = setUp(answer)
    for (const name of [
      'nope',
      '__proto__',
      'toString',
      'constructor',
      '',
      7,
      null,
      undefined,
      ['settings.get'],
    ]) {
      expect(codeOf(await invoke(event, name, null))).toBe('contract.unknown-method')
    }
    expect(answer).not.toHaveBeenCalled()
  })

  it('answers random input to any method with a contract error or relays what the schema accepts', async () => {
    const relayed: [Method, unknown][] = []
    const { invoke, event, lines } = setUp(async (method, input) => {
      relayed.push([method, input])
      return { ok: false, error: { code: 'core.unavailable', retry: 'no' } }
    })
    const methods = Object.keys(contractCalls) as Method[]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...methods), fc.anything(), async (method, input) => {
        relayed.length = 0
        const code = codeOf(await invoke(event, method, input))
        expect(errorCodes).toContain(code)
        if (relayed.length === 0) expect(code).toBe('contract.invalid-request')
        else expect(contractCalls[method].input.safeParse(input).success).toBe(true)
      }),
      { numRuns: 2_000 },
    )
    expect(lines).toEqual([])
  })

  it('refuses input too big or that is no JSON before looking at it', async () => {
    const answer = vi.fn()
    const { invoke, event } = setUp(answer)
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    expect(inputLimit).toBeLessThan(constants.MAX_STRING_LENGTH)
    for (const input of [circular, { n: 1n }, { text: 'é'.repeat(inputLimit) }]) {
      expect(codeOf(await invoke(event, 'settings.set', input))).toBe('contract.invalid-request')
    }
    expect(answer).not.toHaveBeenCalled()
  })

  it('lets no reply outside the contract through and logs no payload', async () => {
    const answers: Record<string, () => Promise<OutcomeData>> = {
      'settings.get': async () => ({ ok: true, value: { language: 'fr', secret: 'patient fictif' } }),
      'card.state': async () => {
        throw new Error('patient fictif')
      },
    }
    const { invoke, event, lines } = setUp(
      (method) => answers[method]?.() ?? Promise.reject(new Error('none')),
    )
    expect(codeOf(await invoke(event, 'settings.get', null))).toBe('contract.invalid-reply')
    expect(codeOf(await invoke(event, 'card.state', null))).toBe('core.internal')
    expect(lines).toHaveLength(2)
    expect(lines.join()).not.toContain('fictif')
  })
})

describe('events of the core', () => {
  it('pass when they are the contract’s, and nothing else does', () => {
    const lines: string[] = []
    const parse = (name: string, payload: unknown) => parseEvent(name, payload, (line) => lines.push(line))
    const locked = { phase: 'locked', reason: 'user', slots: [], ways: [], cardUser: null }
    expect(parse('session.changed', locked)).toEqual({ name: 'session.changed', payload: locked })
    expect(parse('session.changed', { phase: 'ajar' })).toBeNull()
    expect(parse('toString', {})).toBeNull()
    expect(lines).toEqual([
      'event session.changed outside the contract',
      'event of unknown name outside the contract',
    ])
  })
})
