import { createSecureContext } from 'node:tls'
import { algorithms, tlsProfile, type CryptoLibrary } from './list.ts'

const works = async (test: () => boolean | Promise<boolean>): Promise<boolean> => {
  try {
    return await test()
  } catch {
    return false // The library says in its own way that it lacks the algorithm.
  }
}

/**
 * Names of the algorithms this library cannot do right; empty when all is well. Known answers, no secrets, some
 * milliseconds: run before anything else of the core.
 */
export const selfTest = async (crypto: CryptoLibrary): Promise<string[]> => {
  const tests = [
    ...algorithms.map(({ name, works: test }) => ({ name, test: () => test(crypto) })),
    { name: 'TLS', test: () => Boolean(createSecureContext(tlsProfile)) },
  ]
  const results = await Promise.all(tests.map(async ({ name, test }) => ({ name, good: await works(test) })))
  return results.flatMap(({ name, good }) => (good ? [] : [name]))
}
