import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exchangesOf, offeredExchanges, refusalStatus } from './sasl.ts'

const login = { user: 'anne.martin@medecin.mssante.test', host: 'imap.test', port: 143 }
const token = { kind: 'token', accessToken: 'abc.def-ghi' } as const
const readable = (text: string): string => text.replaceAll('\u0001', '^A').replaceAll('\u0000', '^@')
const written = (...wish: Parameters<typeof exchangesOf>) => {
  const made = exchangesOf(...wish)
  return made.ok ? made.value.map(({ mechanism, initial }) => `${mechanism} ${readable(initial)}`) : []
}

describe('what is said to prove who is there', () => {
  it('carries a token by XOAUTH2, else by OAUTHBEARER (RFC 7628 §3.1)', () => {
    expect(written('imap', login, token)).toEqual([
      'XOAUTH2 user=anne.martin@medecin.mssante.test^Aauth=Bearer abc.def-ghi^A^A',
      'OAUTHBEARER n,a=anne.martin@medecin.mssante.test,^Ahost=imap.test^Aport=143^Aauth=Bearer abc.def-ghi^A^A',
    ])
    expect(written('imap', login, { ...token, mechanisms: ['OAUTHBEARER'] })).toHaveLength(1)
  })
  it('escapes a name that would end the GS2 header', () => {
    const [, bearer] = written('smtp', { ...login, user: 'a,b=c@d.test' }, token)
    expect(bearer).toContain('n,a=a=2Cb=3Dc@d.test,^A')
  })
  it('gives a password by PLAIN, under another name when there is one', () => {
    expect(written('smtp', login, { kind: 'password', password: 'x', user: '899700000101' })).toEqual([
      'PLAIN ^@899700000101^@x',
    ])
  })
  it('never lets a value end its field', () => {
    const hostile = 'x\u0001auth=Bearer other'
    expect(exchangesOf('imap', login, { ...token, accessToken: hostile }).ok).toBe(false)
    expect(exchangesOf('imap', { ...login, user: hostile }, token).ok).toBe(false)
    expect(exchangesOf('smtp', login, { kind: 'password', password: 'a\u0000b' }).ok).toBe(false)
  })
  it('keeps to the first mechanism that the server offers', () => {
    const made = exchangesOf('imap', login, token)
    const possible = made.ok ? made.value : []
    const names = (...offered: string[]) =>
      offeredExchanges(possible, (name) => offered.includes(name)).map(({ mechanism }) => mechanism)
    expect(names('PLAIN', 'OAUTHBEARER', 'XOAUTH2')).toEqual(['XOAUTH2'])
    expect(names('PLAIN', 'OAUTHBEARER')).toEqual(['OAUTHBEARER'])
    expect(names('PLAIN', 'LOGIN')).toEqual([])
  })
})

describe('why a server refuses a token', () => {
  const challenge = (text: string): string => Buffer.from(text).toString('base64')
  it('is read from its JSON', () => {
    expect(refusalStatus(challenge('{"status":"invalid_token","scope":"openid"}'))).toBe('invalid_token')
    expect(refusalStatus(challenge('{"status":"401","schemes":"bearer"}'))).toBe('401')
    expect(refusalStatus(challenge('{"status":"a b\\u0000"}'))).toBeNull()
    expect(refusalStatus('')).toBeNull()
  })
  it('is a word or nothing, whatever the server says', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json().map(challenge)), (text) => {
        const status = refusalStatus(text)
        expect(status === null || /^[\w-]{1,40}$/.test(status)).toBe(true)
      }),
    )
  })
})
