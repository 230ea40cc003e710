import type { Session } from 'electron'
import { schemes } from './origins.ts'

const isOwnAddress = (address: string, devServer: string | null): boolean => {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  if (Object.values<string>(schemes).includes(url.protocol.slice(0, -1))) return true
  if (url.protocol === 'blob:') return true
  if (url.protocol === 'data:') return true
  return devServer !== null && url.protocol === 'ws:' && url.origin === new URL(devServer).origin
}

/**
 * Makes a session that reaches nothing: every permission, device and display request refused, every request outside our
 * schemes cancelled (models.md §5 rows 7 and 11), and a dead proxy underneath so that no name is ever resolved.
 * `devServer` is the development server's `ws://127.0.0.1:port`, never set in a packaged product.
 */
export const guardSession = async (session: Session, devServer: string | null): Promise<void> => {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}))
  session.webRequest.onBeforeRequest((details, answer) =>
    answer({ cancel: !isOwnAddress(details.url, devServer) }),
  )
  session.on('will-download', (event) => event.preventDefault())
  session.setSpellCheckerEnabled(false)
  await session.setProxy(
    devServer === null
      ? {
          proxyRules: 'http=127.0.0.1:9;https=127.0.0.1:9;socks=127.0.0.1:9',
          proxyBypassRules: '<-loopback>',
        }
      : { mode: 'direct' },
  )
}

/** On lock: nothing of the working set survives. */
export const wipeSession = async (session: Session): Promise<void> => {
  await session.clearStorageData()
  await session.clearCache()
}
