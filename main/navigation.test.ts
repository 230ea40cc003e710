import { EventEmitter } from 'node:events'
import { describe, expect, it } from 'vitest'
import { guardNavigation, openableLink } from './navigation.ts'
import { guardSession } from './session-guard.ts'

type Contents = Parameters<typeof guardNavigation>[0]
type Session = Parameters<typeof guardSession>[0]

const guarded = () => {
  const emitter = new EventEmitter()
  let open: ((details: object) => unknown) | null = null
  const contents = Object.assign(emitter, {
    setWindowOpenHandler: (handler: (details: object) => unknown) => {
      open = handler
    },
  })
  guardNavigation(contents as unknown as Contents)
  const prevented = (name: string, url: string, isMainFrame: boolean): boolean => {
    let stopped = false
    emitter.emit(name, { url, isMainFrame, preventDefault: () => (stopped = true) })
    return stopped
  }
  return { prevented, open: (url: string) => open?.({ url }) }
}

const elsewhere = [
  'https://example.org/',
  'file:///etc/passwd',
  'souspli://app/other.html',
  'souspli://app.evil/index.html',
  'souspli-part://00/',
  'about:blank',
  'javascript:alert(1)',
  'data:text/html,x',
]

describe('navigation', () => {
  it('is refused everywhere but to our own page', () => {
    const { prevented } = guarded()
    for (const url of elsewhere) {
      expect(prevented('will-navigate', url, true), url).toBe(true)
      expect(prevented('will-frame-navigate', url, true), url).toBe(true)
      expect(prevented('will-frame-navigate', url, false), url).toBe(true)
    }
    expect(prevented('will-navigate', 'souspli://app/index.html', true)).toBe(false)
    expect(prevented('will-redirect', 'souspli://app/index.html', true)).toBe(true)
  })

  it('of a frame goes to a published mail only', () => {
    const { prevented } = guarded()
    const mail = `souspli-mail://${'0a'.repeat(16)}/`
    expect(prevented('will-frame-navigate', mail, false)).toBe(false)
    expect(prevented('will-frame-navigate', mail, true)).toBe(true)
    expect(prevented('will-frame-navigate', 'souspli://app/index.html', false)).toBe(true)
    expect(prevented('will-frame-navigate', `${mail}../x`, false)).toBe(true)
  })

  it('opens no window and attaches no webview', () => {
    const { prevented, open } = guarded()
    expect(open('https://example.org/')).toEqual({ action: 'deny' })
    expect(prevented('will-attach-webview', '', false)).toBe(true)
  })

  it('to the system’s browser is for plain https addresses', () => {
    expect(openableLink('https://EXAMPLE.org')).toBe('https://example.org/')
    for (const url of [
      ...elsewhere.slice(1),
      'http://example.org/',
      'https://a:b@example.org/',
      'https:',
      `https://x/${'a'.repeat(4000)}`,
    ]) {
      expect(openableLink(url), url).toBeNull()
    }
  })
})

describe('the windows’ session', () => {
  const guardedSession = async (devServer: string | null) => {
    const seen: Record<string, unknown> = {}
    const keep = (name: string) => (value: unknown) => {
      seen[name] = value
    }
    const session = {
      setPermissionRequestHandler: keep('request'),
      setPermissionCheckHandler: keep('check'),
      setDevicePermissionHandler: keep('device'),
      setDisplayMediaRequestHandler: keep('display'),
      setSpellCheckerEnabled: keep('spelling'),
      setProxy: async (value: unknown) => keep('proxy')(value),
      webRequest: { onBeforeRequest: keep('before') },
      on: (name: string, listener: unknown) => keep(name)(listener),
    }
    await guardSession(session as unknown as Session, devServer)
    return seen
  }

  it('grants no permission, device or screen, downloads nothing, spells nothing', async () => {
    const seen = await guardedSession(null)
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'fileSystem',
      'openExternal',
    ]) {
      const answers: unknown[] = []
      ;(seen['request'] as (...args: unknown[]) => void)({}, permission, (given: unknown) =>
        answers.push(given),
      )
      expect(answers).toEqual([false])
      expect((seen['check'] as (...args: unknown[]) => unknown)({}, permission)).toBe(false)
    }
    expect((seen['device'] as (...args: unknown[]) => unknown)({})).toBe(false)
    const streams: unknown[] = []
    ;(seen['display'] as (...args: unknown[]) => void)({}, (given: unknown) => streams.push(given))
    expect(streams).toEqual([{}])
    expect(seen['spelling']).toBe(false)
    let stopped = false
    ;(seen['will-download'] as (event: object) => void)({ preventDefault: () => (stopped = true) })
    expect(stopped).toBe(true)
  })

  it('cancels every request outside our schemes, over a dead proxy', async () => {
    const seen = await guardedSession(null)
    const cancelled = (url: string): unknown => {
      let answer: unknown
      ;(seen['before'] as (details: object, answer: (given: { cancel: boolean }) => void) => void)(
        { url },
        (given) => {
          answer = given.cancel
        },
      )
      return answer
    }
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1:1/',
      'ws://127.0.0.1:1/',
      'file:///x',
      'nonsense',
    ]) {
      expect(cancelled(url), url).toBe(true)
    }
    for (const url of [
      'souspli://app/index.html',
      'souspli-part://00/',
      'souspli-mail://00/',
      'blob:souspli://app/1',
    ]) {
      expect(cancelled(url), url).toBe(false)
    }
    expect(seen['proxy']).toMatchObject({
      proxyRules: expect.stringContaining('https=127.0.0.1:9') as unknown,
    })
  })
})
