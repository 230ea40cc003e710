import { createServer as createPlain } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startProxy, type Proxy } from '../../test/operator/proxy.ts'
import { issueCertificate, loadKeys, purposes } from '../../test/pki/index.ts'
import { createOutgoing, isTooLong, refusalOf } from './outgoing.ts'
import { createRoutes } from './routes.ts'

describe('which way a web address is reached', () => {
  const by = (policy: Parameters<typeof createRoutes>[0], environment: Record<string, string> = {}) => {
    const routes = createRoutes(policy, environment)
    return (address: string): string => {
      const routed = routes(new URL(address))
      if (!routed.ok) return routed.error.code
      return routed.value ? `${routed.value.host}:${String(routed.value.port)}` : 'straight'
    }
  }
  const named = { HTTPS_PROXY: 'http://secure.test:3128', http_proxy: 'plain.test:8080' }

  it('straight where nothing says otherwise, or the policy says so', () => {
    expect(by(undefined)('https://a.test/')).toBe('straight')
    expect(by('none', named)('https://a.test/')).toBe('straight')
  })

  it('by the environment’s proxy, in either case, for its own kind of address', () => {
    for (const policy of [undefined, 'environment'] as const) {
      expect(by(policy, named)('https://a.test/')).toBe('secure.test:3128')
      expect(by(policy, named)('http://a.test/')).toBe('plain.test:8080')
    }
    expect(by(undefined, { all_proxy: 'http://all.test' })('https://a.test/')).toBe('all.test:80')
    expect(by(undefined, { HTTPS_PROXY: '' })('https://a.test/')).toBe('straight')
  })

  it('by the policy’s, whatever the environment says', () => {
    expect(by({ url: 'http://p.test:3128' }, named)('http://a.test/')).toBe('p.test:3128')
  })

  it('never by one that is none: nothing goes another way by itself', () => {
    for (const proxy of [
      'socks5://p.test:1080',
      'https://p.test',
      'http://',
      'http://p.test/path',
      'http://a%ZZ@p.test',
    ])
      expect(by(undefined, { HTTPS_PROXY: proxy })('https://a.test/')).toBe('net.proxy-invalid')
  })

  it.each([
    ['a.chu.test', 'https://a.chu.test/', true],
    ['chu.test', 'https://a.chu.test/', true],
    ['.chu.test', 'https://a.chu.test/', true],
    ['*.chu.test', 'https://a.chu.test/', true],
    ['.CHU.test', 'https://a.chu.test/', true],
    ['chu.test', 'https://notchu.test/', false],
    ['chu.test', 'https://chu.test.evil.test/', false],
    ['chu.test:8443', 'https://a.chu.test:8443/', true],
    ['chu.test:8443', 'https://a.chu.test/', false],
    ['chu.test:443', 'https://a.chu.test/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['fd00::/8', 'https://[fd00::1]/', true],
    ['fd00::1', 'https://[fd00::1]/', true],
    ['192.0.2.1', 'https://192.0.2.1/', true],
    ['2.1', 'https://192.0.2.1/', false],
    ['*', 'https://a.test/', true],
    ['', 'https://a.test/', false],
  ])('excepts %s: %s', (entry, address, straight) => {
    const expected = straight ? 'straight' : 'p.test:1'
    expect(by({ url: 'http://p.test:1', except: [entry, 'other.test'] })(address)).toBe(expected)
    expect(by(undefined, { HTTPS_PROXY: 'p.test:1', no_proxy: `other.test, ${entry}` })(address)).toBe(
      expected,
    )
  })

  it('never leaves for this very machine', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '[::1]', 'a.localhost'])
      expect(by({ url: 'http://p.test:1' })(`http://${host}/`)).toBe('straight')
  })
})

describe('through a proxy', () => {
  let proxy: Proxy
  let certificates: { ca: string; cert: string; key: string; foreign: string; foreignKey: string }
  const stops: (() => Promise<void>)[] = []
  const seen: { method: string; url: string; host: string; body: string; raw: string }[] = []
  const places = new Map<string, string>()

  const listen = async (server: ReturnType<typeof createPlain>): Promise<string> => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    stops.push(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    )
    return `127.0.0.1:${String((server.address() as AddressInfo).port)}`
  }

  beforeAll(async () => {
    const now = new Date()
    const keys = await loadKeys(['other authority', 'server'], now)
    const key = (name: string): string => keys.get(name) ?? ''
    const root = [[['CN', 'TEST AC ETABLISSEMENT'] as readonly [string, string]]]
    const dates = {
      notBefore: new Date(now.getTime() - 86_400_000),
      notAfter: new Date(now.getTime() + 86_400_000),
    }
    const made = (issuer: typeof root, subjectKey: string, signer: string, name?: string) =>
      issueCertificate({
        ...dates,
        issuer,
        issuerKeyPem: key(signer),
        subject: name === undefined ? issuer : [[['CN', name]]],
        subjectKeyPem: key(subjectKey),
        ...(name === undefined
          ? { authority: {}, keyUsage: ['keyCertSign', 'cRLSign'] as const }
          : {
              keyUsage: ['digitalSignature', 'keyEncipherment'] as const,
              extendedKeyUsage: [purposes.serverAuth],
              alternativeNames: [{ dns: name }],
            }),
      } as Parameters<typeof issueCertificate>[0])
    const foreign: typeof root = [[['CN', 'TEST AC DU PROXY']]]
    certificates = {
      ca: made(root, 'other authority', 'other authority').pem,
      cert: made(root, 'server', 'other authority', 'web.exemple.test').pem,
      key: key('server'),
      foreign: made(foreign, 'server', 'other authority', 'web.exemple.test').pem,
      foreignKey: key('server'),
    }
    const answer: Parameters<typeof createPlain>[1] = (request, response) => {
      const pieces: Buffer[] = []
      request.on('data', (piece: Buffer) => pieces.push(piece))
      request.on('end', () => {
        const { method = '', url = '', headers } = request
        seen.push({
          method,
          url,
          host: headers.host ?? '',
          body: Buffer.concat(pieces).toString(),
          raw: JSON.stringify(headers),
        })
        if (url === '/elsewhere') response.writeHead(302, { location: 'https://evil.test/' }).end()
        else
          response
            .writeHead(200, { 'x-two': ['a', 'b'], date: 'Mon, 01 Jun 2026 00:00:00 GMT' })
            .end('x'.repeat(1000))
      })
    }
    places.set(
      'web.exemple.test',
      await listen(createServer({ cert: certificates.cert, key: certificates.key }, answer)),
    )
    places.set('other.exemple.test', places.get('web.exemple.test') ?? '')
    places.set('liste.exemple.test', await listen(createPlain(answer)))
    proxy = await startProxy(places)
    stops.push(proxy.stop)
  })
  afterEach(() => {
    proxy.behave({ login: null, status: null, intercept: null, words: null, slipped: '', silent: false })
    proxy.asked.length = 0
    seen.length = 0
  })
  afterAll(async () => {
    for (const stop of stops.reverse()) await stop()
  })

  const web = (url = proxy.url) =>
    createOutgoing({ routes: createRoutes({ url }, {}), authorities: [certificates.ca] })
  const ask = (
    address: string,
    options: Partial<Parameters<ReturnType<typeof web>['fetch']>[1]> = {},
    url?: string,
  ) => web(url).fetch(address, { limit: 10_000, signal: AbortSignal.timeout(5000), ...options })
  const refused = (asked: Promise<Response>) =>
    asked.then(
      () => 'ok',
      (cause: unknown) => refusalOf(cause) ?? cause,
    )
  const secure = 'https://web.exemple.test/a?b=c'
  const plain = 'http://liste.exemple.test/x.crl'

  it('asks an https server by CONNECT, the proxy seeing its name alone', async () => {
    const answer = await ask(secure, { method: 'POST', body: new URLSearchParams({ secret: 'é' }) })
    expect([answer.status, answer.headers.get('x-two'), (await answer.text()).length]).toEqual([
      200,
      'a, b',
      1000,
    ])
    expect(proxy.asked).toEqual(['CONNECT web.exemple.test:443'])
    expect(seen).toMatchObject([
      { method: 'POST', url: '/a?b=c', host: 'web.exemple.test', body: 'secret=%C3%A9' },
    ])
    expect(seen[0]?.raw).toContain('application/x-www-form-urlencoded')
  })

  it('asks a plain server by the whole address', async () => {
    expect((await ask(plain)).status).toBe(200)
    expect(proxy.asked).toEqual([`GET ${plain}`])
    expect(seen[0]?.raw).not.toContain('proxy-')
  })

  it('says who it is to the proxy, and to nobody behind it', async () => {
    proxy.behave({ login: 'poste:à la clé' })
    const url = proxy.url.replace('http://', `http://poste:${encodeURIComponent('à la clé')}@`)
    expect((await ask(secure, {}, url)).status).toBe(200)
    expect((await ask(plain, {}, url)).status).toBe(200)
    expect(proxy.asked.every((line) => line.endsWith('(identified)'))).toBe(true)
    expect(JSON.stringify(seen)).not.toContain('Basic')
    for (const address of [secure, plain]) {
      const error = await refused(ask(address))
      expect(error).toMatchObject({ code: 'net.proxy-login', details: { status: 407 } })
      expect(JSON.stringify(error)).not.toContain('poste')
    }
  })

  it.each([
    [403, 'net.proxy-refused'],
    [404, 'net.proxy-refused'],
    [302, 'net.proxy-refused'],
    [502, 'net.unreachable'],
    [504, 'net.unreachable'],
  ])('tells its %d', async (status, code) => {
    proxy.behave({ status })
    expect(await refused(ask(secure))).toMatchObject({ code })
  })

  it.each([
    ['words that are no answer', { words: 'SSH-2.0-OpenSSH\r\n\r\n' }, 'net.proxy-invalid'],
    ['a head without end', { words: `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(5000)}` }, 'net.proxy-invalid'],
    ['a line cut', { words: '' }, 'net.proxy-unreachable'],
    ['something slipped in behind its yes', { slipped: '+OK ready\r\n' }, 'net.proxy-refused'],
  ])('refuses %s', async (_what, how, code) => {
    proxy.behave(how)
    expect(await refused(ask(secure))).toMatchObject({ code })
    expect(seen).toEqual([])
  })

  it('says that nobody is there', async () => {
    const gone = await startProxy(new Map())
    await gone.stop()
    for (const address of [secure, plain])
      expect(await refused(ask(address, {}, gone.url))).toMatchObject({
        code: 'net.proxy-unreachable',
        details: { proxy: gone.url.replace('http://', '') },
      })
  })

  it('refuses a proxy that opens TLS, and says so in words; nothing of the request leaves', async () => {
    proxy.behave({ intercept: { cert: certificates.foreign, key: certificates.foreignKey } })
    const error = await refused(
      createOutgoing({ routes: createRoutes({ url: proxy.url }, {}) }).fetch(secure, {
        limit: 10,
        signal: AbortSignal.timeout(5000),
      }),
    )
    expect(error).toMatchObject({ code: 'tls.intercepted', details: { host: 'web.exemple.test' } })
  })

  it('wants the name of the server asked for', async () => {
    expect(await refused(ask('https://other.exemple.test/'))).toMatchObject({ code: 'tls.host-mismatch' })
    expect(seen).toEqual([])
  })

  it('follows nobody, and reads no more than is wanted', async () => {
    expect((await ask('https://web.exemple.test/elsewhere')).status).toBe(302)
    const cause: unknown = await ask(secure, { limit: 999 }).catch((thrown: unknown) => thrown)
    expect(isTooLong(cause)).toBe(true)
    const head = await ask(plain, { limit: 0 })
    expect([head.headers.get('date'), await head.text()]).toEqual(['Mon, 01 Jun 2026 00:00:00 GMT', ''])
  })

  it('gives up when it is told to, wherever it is', async () => {
    proxy.behave({ silent: true })
    for (const address of [secure, plain]) {
      const signal = AbortSignal.timeout(50)
      const cause: unknown = await ask(address, { signal }).catch((thrown: unknown) => thrown)
      expect(signal.aborted).toBe(true)
      expect(cause).toMatchObject({ name: 'TimeoutError' })
    }
  })

  it('is not used for exceptions', async () => {
    const straight = createOutgoing({
      routes: createRoutes({ url: proxy.url, except: ['exemple.test'] }, {}),
    })
    await straight.fetch(secure, { limit: 10, signal: AbortSignal.timeout(5000) }).catch(() => null)
    expect(proxy.asked).toEqual([])
  })
})
