import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startProxy, type Proxy } from '../../../../test/operator/proxy.ts'
import { issueCertificate, loadKeys, purposes } from '../../../../test/pki/index.ts'
import { fail, ok } from '../../../contract/errors.ts'
import { createOutgoing, createRoutes } from '../../../outgoing/index.ts'
import type { PeerVerification } from '../../net/peer.ts'
import { createPublished } from './published.ts'

const domain = 'a.test'
const hosts = [`autoconfig.${domain}`, `autodiscover.${domain}`, domain, `other.${domain}`, 'evil.test']

const servers = (imap: string): string =>
  `<Autodiscover><Response><Account><Protocol><Type>IMAP</Type><Server>${imap}</Server><Port>143</Port></Protocol>` +
  `<Protocol><Type>SMTP</Type><Server>smtp.a.test</Server><Port>587</Port></Protocol></Account></Response></Autodiscover>`

/** Web servers of a domain, reached by a proxy so that they may stand on any port. */
describe('what web servers publish', () => {
  let proxy: Proxy
  let verification: PeerVerification
  const asked: string[] = []
  let answer: (place: string, body: string) => { status?: number; location?: string; body?: string } | null
  let server: ReturnType<typeof createServer>

  beforeAll(async () => {
    const now = new Date()
    const key = (await loadKeys(['server'], now)).get('server') ?? ''
    const cert = issueCertificate({
      notBefore: new Date(now.getTime() - 86_400_000),
      notAfter: new Date(now.getTime() + 86_400_000),
      issuer: [[['CN', domain]]],
      issuerKeyPem: key,
      subject: [[['CN', domain]]],
      subjectKeyPem: key,
      authority: {},
      keyUsage: ['digitalSignature', 'keyCertSign'],
      extendedKeyUsage: [purposes.serverAuth],
      alternativeNames: hosts.map((dns) => ({ dns })),
    }).pem
    server = createServer({ cert, key }, (request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        const place = `${request.headers.host ?? ''}${(request.url ?? '').replace(/\?.*$/, '')}`
        asked.push(`${request.method ?? ''} ${place}`)
        const found = answer(place, Buffer.concat(pieces).toString())
        response.writeHead(
          found?.status ?? (found ? 200 : 404),
          found?.location ? { location: found.location } : {},
        )
        response.end(found?.body ?? '')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const place = `127.0.0.1:${String((server.address() as AddressInfo).port)}`
    proxy = await startProxy(new Map(hosts.map((host) => [host, place])))
    verification = {
      resolver: { srv: () => Promise.resolve(ok([])), lookup: () => Promise.resolve(fail('net.dns')) },
      anchors: () => [cert],
      verifyServer: () => Promise.resolve(ok(null)),
      web: createOutgoing({ routes: createRoutes({ url: proxy.url }, {}) }),
    }
  })
  beforeEach(() => {
    asked.length = 0
    answer = () => null
  })
  afterAll(async () => {
    await proxy.stop()
    server.close()
    server.closeAllConnections()
  })

  const signal = new AbortController().signal
  const discover = (published = createPublished({ now: () => 0 }), address = 'anne@a.test') =>
    published.autodiscover(verification, address, domain, signal)
  const autoconfig = (published = createPublished({ now: () => 0 }), address = 'anne@a.test') =>
    published.autoconfig(verification, address, domain, signal)

  it('is kept for the address it was asked for, not for a colleague’s', async () => {
    answer = (_, body) => ({ body: servers(body.includes('paul@') ? 'paul.a.test' : 'anne.a.test') })
    const published = createPublished({ now: () => 0 })
    expect(await discover(published)).toMatchObject({ value: { imap: { host: 'anne.a.test' } } })
    expect(await discover(published, 'paul@a.test')).toMatchObject({
      value: { imap: { host: 'paul.a.test' } },
    })
    const before = asked.length
    expect(await discover(published)).toMatchObject({ value: { imap: { host: 'anne.a.test' } } })
    expect(asked.length).toBe(before)
    answer = (place) =>
      place.startsWith('autoconfig')
        ? null
        : {
            body:
              '<clientConfig><incomingServer type="imap"><hostname>%EMAILLOCALPART%.a.test</hostname><port>143</port>' +
              '<socketType>STARTTLS</socketType></incomingServer><outgoingServer type="smtp"><hostname>smtp.a.test</hostname>' +
              '<port>587</port><socketType>STARTTLS</socketType></outgoingServer></clientConfig>',
          }
    for (const who of ['anne', 'paul'])
      expect(await autoconfig(published, `${who}@a.test`)).toMatchObject({
        value: { imap: { host: `${who}.a.test` } },
      })
  })

  it.each([
    ['http', 'http://other.a.test/x.xml'],
    ['another domain', 'https://evil.test/x.xml'],
    ['a longer name', 'https://a.test.evil.test/x.xml'],
    ['a name that only ends alike', 'https://evila.test/x.xml'],
    ['nothing that is an address', 'https://'],
  ])('is not followed to %s', async (_what, location) => {
    answer = () => ({ status: 302, location })
    expect(await autoconfig()).toMatchObject({ error: { code: 'account.host-outside' } })
    answer = () => ({ body: `<Autodiscover><RedirectUrl>${location}</RedirectUrl></Autodiscover>` })
    expect(await discover()).not.toMatchObject({ value: { imap: {} } })
    expect(asked.filter((line) => line.includes('evil') || line.includes('other'))).toEqual([])
  })

  it('is followed inside the domain, and never round and round', async () => {
    answer = (place) =>
      place === 'other.a.test/x.xml'
        ? { body: servers('imap.a.test') }
        : { status: 302, location: 'https://other.a.test/x.xml' }
    expect(await discover()).toMatchObject({ value: { imap: { host: 'imap.a.test' } } })
    asked.length = 0
    answer = (place) => ({ status: 302, location: `https://${place}` })
    expect(await autoconfig()).toEqual(ok(null))
    expect(asked.length).toBe(6)
    asked.length = 0
    answer = () => ({
      body: '<Autodiscover><RedirectUrl>https://other.a.test/x.xml</RedirectUrl></Autodiscover>',
    })
    expect(await discover()).toEqual(ok(null))
    expect(asked.length).toBe(4)
  })
})
