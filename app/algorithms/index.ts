export { algorithms, tlsProfile } from './list.ts'
export { selfTest } from './self-test.ts'
