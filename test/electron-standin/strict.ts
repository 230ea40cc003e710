import { EventEmitter } from 'node:events'

const neverOurs = new Set(['then', 'toJSON', 'constructor', 'asymmetricMatch', 'domain'])

/** The object itself, except that reading a member it has not throws an error naming the missing API. */
export const strict = <T extends object>(name: string, target: T): T =>
  new Proxy(target, {
    get: (object, key) => {
      const value: unknown = Reflect.get(object, key)
      if (
        value === undefined &&
        typeof key === 'string' &&
        !neverOurs.has(key) &&
        !key.startsWith('_') &&
        !(key in object)
      ) {
        throw new Error(`electron-standin: ${name}.${key} is outside the implemented subset of Electron`)
      }
      return typeof value === 'function' ? (value.bind(object) as unknown) : value
    },
  })

/** An emitter that knows a list of events only; listening to another throws. */
export const createEmitter = (name: string, events: readonly string[]): EventEmitter => {
  const emitter = new EventEmitter()
  emitter.on('newListener', (event: string) => {
    if (event !== 'newListener' && !events.includes(event)) {
      throw new Error(
        `electron-standin: ${name} never emits '${event}': outside the implemented subset of Electron`,
      )
    }
  })
  return emitter
}

/** Electron's event argument with `preventDefault`. */
export const preventable = <T extends object>(
  fields: T,
): T & { preventDefault: () => void; defaultPrevented: boolean } => {
  const event = {
    ...fields,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true
    },
  }
  return event
}
