/** How often a quiet background connection looks for work whose time has come, and when it closes; milliseconds. */
export const quietLook = 30_000
export const quietLinger = 5 * 60_000
/** Polls between two thorough ones. */
export const thoroughEvery = 5
/** Rights and room are asked again after so long, sooner when folders changed; milliseconds. */
export const choresEvery = 3600_000
