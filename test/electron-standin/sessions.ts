import { electronOrigin } from './addresses.ts'
import { askHost, onHost } from './app-channel.ts'
import { createEmitter, preventable, strict } from './strict.ts'
import type { PageAnswer, PageRequest } from './wire.ts'
import { judgeNavigation } from './windows.ts'

type ProtocolHandler = (request: Request) => Response | Promise<Response>
type RequestListener = (details: object, answer: (response: { cancel?: boolean }) => void) => void

interface SessionState {
  partition: string
  handlers: Map<string, ProtocolHandler>
  beforeRequest: RequestListener | null
  permissionHandlers: Map<string, unknown>
}

const states = new Map<string, SessionState>()
const sessions = new Map<string, object>()

const createSession = (partition: string): object => {
  const state: SessionState = {
    partition,
    handlers: new Map(),
    beforeRequest: null,
    permissionHandlers: new Map(),
  }
  states.set(partition, state)
  const keep =
    (name: string) =>
    (handler: unknown): void => {
      state.permissionHandlers.set(name, handler)
    }
  const emitter = createEmitter('session', ['will-download'])
  return strict(
    'session',
    Object.assign(emitter, {
      protocol: strict('session.protocol', {
        handle: (scheme: string, handler: ProtocolHandler) => {
          if (state.handlers.has(scheme)) throw new Error(`electron-standin: ${scheme} is already handled`)
          state.handlers.set(scheme, handler)
        },
      }),
      webRequest: strict('session.webRequest', {
        onBeforeRequest: (listener: RequestListener) => {
          state.beforeRequest = listener
        },
      }),
      // The host's contexts grant nothing; the handlers are kept so that `permission` requests can be put to them.
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      setDisplayMediaRequestHandler: keep('display'),
      setSpellCheckerEnabled: () => undefined,
      setProxy: async (config: { mode?: string; proxyRules?: string }): Promise<void> => {
        const http = /http=([^;]+)/.exec(config.proxyRules ?? '')?.[1]
        const server = config.mode === 'direct' || http === undefined ? null : `http://${http}`
        await askHost('session.proxy', { partition, server })
      },
      clearStorageData: (): Promise<unknown> => askHost('session.wipe', { partition }),
      // Contexts are started without a disk cache and every answer is no-store.
      clearCache: () => Promise.resolve(),
    }),
  )
}

export const session = strict('session', {
  fromPartition: (partition: string): object => {
    if (partition.startsWith('persist:'))
      throw new Error('electron-standin: persistent partitions are not implemented')
    const existing = sessions.get(partition)
    if (existing !== undefined) return existing
    const made = createSession(partition)
    sessions.set(partition, made)
    return made
  },
})

const mayGo = (state: SessionState, asked: PageRequest): Promise<boolean> =>
  new Promise((resolve) => {
    if (state.beforeRequest === null) return resolve(true)
    const details = {
      id: 0,
      url: asked.url,
      method: asked.method,
      resourceType: asked.resourceType,
      timestamp: Date.now(),
    }
    state.beforeRequest(details, (response) => resolve(response.cancel !== true))
  })

/** A page's request, judged and answered as Electron does: navigation events, webRequest, then the scheme's handler. */
const answerRequest = async (asked: PageRequest): Promise<PageAnswer> => {
  const state = states.get(asked.partition)
  if (state === undefined) return { action: 'abort' }
  if (asked.navigation !== null && !asked.navigation.byProgram) {
    const event = preventable({
      url: asked.url,
      isMainFrame: asked.navigation.mainFrame,
      isSameDocument: false,
    })
    if (!judgeNavigation(asked.windowId, event)) return { action: 'abort' }
  }
  if (!(await mayGo(state, asked))) return { action: 'abort' }
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(asked.url)?.[1] ?? ''
  const handler = state.handlers.get(scheme)
  if (handler === undefined) return { action: 'abort' }
  const request = new Request(asked.url, {
    method: asked.method,
    headers: asked.headers,
    ...(asked.body === null ? {} : { body: asked.body as Uint8Array<ArrayBuffer> }),
  })
  const response = await handler(request)
  const headers: Record<string, string> = {}
  response.headers.forEach((value, name) => {
    headers[name] = value
  })
  return {
    action: 'fulfill',
    status: response.status,
    headers,
    body: new Uint8Array(await response.arrayBuffer()),
  }
}

onHost('request', (payload) => answerRequest(payload as PageRequest))

/** `protocol` of the default session: only the declaration of schemes, which Chromium alone has no use for. */
export const protocol = strict('protocol', {
  registerSchemesAsPrivileged: (declared: { scheme: string }[]) => {
    for (const { scheme } of declared) {
      if (electronOrigin(`${scheme}://x/`) === 'null')
        throw new Error(`electron-standin: no address stands for ${scheme}:`)
    }
  },
})
