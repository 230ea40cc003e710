import { pageOrigins } from '../../main/origins.ts'

const electron = pageOrigins('electron').prefixes
const page = pageOrigins('electron-standin').prefixes
const kinds = ['app', 'part', 'mail'] as const

/** `https://part.souspli.invalid/ticket/…` as Electron would show it: `souspli-part://ticket/…`; other addresses unchanged. */
export const toElectronAddress = (address: string): string => {
  for (const kind of kinds) {
    if (address.startsWith(page[kind])) return electron[kind] + address.slice(page[kind].length)
  }
  return address
}

/** The inverse of `toElectronAddress`. */
export const toPageAddress = (address: string): string => {
  for (const kind of kinds) {
    if (address.startsWith(electron[kind])) return page[kind] + address.slice(electron[kind].length)
  }
  return address
}

/** Origin of an address as Electron's frames report it; `null` (opaque) for everything that is not ours. */
export const electronOrigin = (address: string): string => {
  const match = /^(souspli(?:-part|-mail)?):\/\/([^/?#]*)/.exec(toElectronAddress(address))
  return match ? `${match[1]}://${match[2]}` : 'null'
}
