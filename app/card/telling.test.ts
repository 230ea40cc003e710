import { describe, expect, it } from 'vitest'
import { createTelling } from './telling.ts'

describe('telling', () => {
  it('keeps the order for everybody when a listener causes the next value', () => {
    const { listen, tell } = createTelling<string>()
    const heard: string[] = []
    listen((value) => {
      if (value === 'removed') tell('pin-needed')
    })
    listen((value) => heard.push(value))
    tell('removed')
    expect(heard).toEqual(['removed', 'pin-needed'])
  })

  it('tells no more after the listening ended, and goes on after a listener that throws', () => {
    const { listen, tell } = createTelling<number>()
    const heard: number[] = []
    const stop = listen(() => {
      throw new Error('a fault of a listener')
    })
    listen((value) => heard.push(value))
    expect(() => tell(1)).toThrow('a fault of a listener')
    stop()
    tell(2)
    expect(heard).toEqual([2])
  })
})
