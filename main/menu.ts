import type { MenuItemConstructorOptions } from 'electron'

/**
 * The application menu: what the systems need for copy, paste and closing. Developer tools only while not packaged.
 * Roles carry the system's own labels, so there is nothing to translate here.
 */
export const menuTemplate = (platform: NodeJS.Platform, packaged: boolean): MenuItemConstructorOptions[] => [
  ...(platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
  { role: 'editMenu' },
  {
    role: 'window',
    submenu: [
      { role: 'minimize' },
      { role: 'togglefullscreen' },
      ...(packaged ? [] : [{ role: 'toggleDevTools' } as const, { role: 'reload' } as const]),
      { role: platform === 'darwin' ? 'close' : 'quit' },
    ],
  },
]
