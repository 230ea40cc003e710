export { startStandinHost } from './host.ts'
export type { StandinHost } from './host.ts'
export { launchStandin } from './launch.ts'
export type { StandinApp, StandinOptions } from './launch.ts'
