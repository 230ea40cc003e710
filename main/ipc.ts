import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron'
import { contractCalls, contractEvents } from '../app/contract/index.ts'
import type { ErrorCode, EventName, Method, OutcomeData } from '../app/contract/index.ts'
import { appOrigin } from './origins.ts'

/** Channel names shared with the preload. */
export const channels = {
  invoke: 'souspli:invoke',
  event: 'souspli:event',
  activity: 'souspli:activity',
} as const

/** Characters of a call's input as JSON, at most (a draft's HTML may be 4 million). Files go by upload instead. */
export const inputLimit = 16_000_000

export interface IpcOptions {
  ipcMain: Pick<IpcMain, 'handle' | 'on'>
  /** True for the web contents of a window we made. */
  isOurs: (contents: WebContents) => boolean
  /** Answers a call whose input was checked. */
  answer: (method: Method, input: unknown, sender: WebContents) => Promise<OutcomeData>
  onActivity: () => void
  log: (line: string) => void
}

const refuse = (code: ErrorCode): OutcomeData => ({ ok: false, error: { code, retry: 'no' } })

const isMethod = (name: unknown): name is Method =>
  typeof name === 'string' && Object.hasOwn(contractCalls, name)

const isEventName = (name: string): name is EventName => Object.hasOwn(contractEvents, name)

const sizeOf = (input: unknown): number | null => {
  try {
    return JSON.stringify(input)?.length ?? 0
  } catch {
    return null
  }
}

type SenderEvent = Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>

/** A window we made, its main frame, exactly our origin. */
const isTrustedSender = (event: SenderEvent, isOurs: IpcOptions['isOurs']): boolean =>
  event.senderFrame !== null &&
  isOurs(event.sender) &&
  event.senderFrame === event.sender.mainFrame &&
  event.senderFrame.origin === appOrigin

/**
 * The only door from windows: checks the sender, the method, the input's size and schema, relays, checks the answer.
 * Never throws to the window and never logs a payload; every refusal is `{ ok: false, error }`.
 */
export const installIpc = ({ ipcMain, isOurs, answer, onActivity, log }: IpcOptions): void => {
  ipcMain.handle(channels.invoke, async (event, method: unknown, input: unknown): Promise<OutcomeData> => {
    if (!isTrustedSender(event, isOurs)) return refuse('contract.forbidden-sender')
    if (!isMethod(method)) return refuse('contract.unknown-method')
    const size = sizeOf(input)
    if (size === null || size > inputLimit) return refuse('contract.invalid-request')
    const definition = contractCalls[method]
    const parsed = definition.input.safeParse(input)
    if (!parsed.success) return refuse('contract.invalid-request')
    try {
      const outcome = await answer(method, parsed.data, event.sender)
      if (!outcome.ok) return { ok: false, error: outcome.error }
      const reply = definition.output.safeParse(outcome.value)
      if (reply.success) return { ok: true, value: reply.data }
      const paths = reply.error.issues.slice(0, 5).map((issue) => issue.path.join('.'))
      log(`${method}: reply outside the contract at ${paths.join(', ')}`)
      return refuse('contract.invalid-reply')
    } catch {
      log(`${method}: failed in main`)
      return refuse('core.internal')
    }
  })
  ipcMain.on(channels.activity, (event) => {
    if (isTrustedSender(event, isOurs)) onActivity()
  })
}

/** An event of the core, checked against the contract; null (logged by name) when it is not one. */
export const parseEvent = (
  name: string,
  payload: unknown,
  log: (line: string) => void,
): { name: EventName; payload: unknown } | null => {
  const parsed = isEventName(name) ? contractEvents[name].safeParse(payload) : null
  if (!isEventName(name) || !parsed?.success) {
    log(`event ${isEventName(name) ? name : 'of unknown name'} outside the contract`)
    return null
  }
  return { name, payload: parsed.data }
}
