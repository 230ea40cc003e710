import type { Bridge } from './bridge.ts'

/** What the preload exposes; absent outside SousPli. */
export const bridge = (): Bridge | undefined => window.souspli

/** Prefixes of part and mail-frame addresses as this page writes them; null outside SousPli. */
export const origins = (): Bridge['origins'] | null => bridge()?.origins ?? null
