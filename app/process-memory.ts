import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the V8 heaps of this process small (docs/performance.md, « Memory »): the nursery of the main thread stays as small as it
 * begins, instead of letting garbage wait in tens of megabytes; old space may grow by 40 % over what lives in it before it is
 * collected. Call it first; worker threads started later follow it too.
 */
export const keepHeapsSmall = (): void => {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=40')
}
