/** Names of what the stand-in puts in a page, different in each window. */
export interface PageNames {
  call: string
  deliver: string
}

/**
 * Source of the init script that runs the real preload in a page's main frame. Plain Chromium gives init scripts no
 * world of their own that can share functions with the page, so the preload runs in the page's world: `contextBridge`
 * freezes what it exposes, but isolation itself is Electron's and is not shown here.
 */
export const preloadSource = (names: PageNames, preload: string, argv: readonly string[]): string => `(() => {
  const call = globalThis[${JSON.stringify(names.call)}]
  delete globalThis[${JSON.stringify(names.call)}]
  if (window !== window.top || !location.protocol.startsWith('http')) return
  const listeners = new Map()
  Object.defineProperty(globalThis, ${JSON.stringify(names.deliver)}, {
    value: (channel, args) => {
      for (const listener of listeners.get(channel) ?? []) listener({}, ...args)
    },
  })
  const freeze = (value) => {
    if ((typeof value === 'object' || typeof value === 'function') && value !== null) {
      Object.values(value).forEach(freeze)
      Object.freeze(value)
    }
    return value
  }
  const missing = (name, target) =>
    new Proxy(target, {
      get: (object, key) => {
        if (key in object) return object[key]
        throw new Error('electron-standin: ' + name + '.' + String(key) + ' is outside the implemented subset')
      },
    })
  const electron = missing('electron', {
    contextBridge: missing('contextBridge', {
      exposeInMainWorld: (name, api) =>
        Object.defineProperty(globalThis, name, { value: freeze(api), enumerable: true }),
    }),
    ipcRenderer: missing('ipcRenderer', {
      invoke: (channel, ...args) => call('invoke', channel, args),
      send: (channel, ...args) => void call('send', channel, args).catch(() => undefined),
      on: (channel, listener) => {
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener])
      },
    }),
  })
  const require = (name) => {
    if (name !== 'electron') throw new Error('electron-standin: a sandboxed preload cannot require ' + name)
    return electron
  }
  const process = { argv: ${JSON.stringify(argv)}, sandboxed: true, contextIsolated: true }
  ;((require, process, exports, module) => {
${preload.replace(/^\/\/# sourceMappingURL.*$/m, '')}
  })(require, process, {}, { exports: {} })
})()`
