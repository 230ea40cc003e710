import { expect, it } from 'vitest'
import { hasRemoteReference } from './remote-reference.ts'
import { processorTime } from '../processor-time.fixture.ts'

it.each([
  ['<img src="http://x.test/a.png">', true],
  ["<img alt=a src='//x.test/a.png'>", true],
  ['<table background = https://x.test/a>', true],
  ['<div style="background:url( http://x.test/a )">', true],
  ['<img src="cid:a@b">', false],
  ['<a href="https://x.test">lien</a>', false],
  ['<img alt="a"> src="http://x.test"', false],
  ['<image srcset="//x.test/a 2x"', true],
  ['', false],
])('%s: %s', (html, expected) => {
  expect(hasRemoteReference(html)).toBe(expected)
})

it.each(['<img ', '<img src', '<img src=', 'url(', '<', 'src = '])(
  'many %s take time in proportion',
  (piece) => {
    const spent = processorTime()
    hasRemoteReference(piece.repeat(400_000))
    expect(spent()).toBeLessThan(6000)
  },
)
