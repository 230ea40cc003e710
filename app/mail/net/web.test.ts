import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startProxy, type Proxy } from '../../../test/operator/proxy.ts'
import { issueCertificate, loadKeys, purposes } from '../../../test/pki/index.ts'
import { fail, ok } from '../../contract/errors.ts'
import { createOutgoing, createRoutes } from '../../outgoing/index.ts'
import { askWeb, wholeAnswer } from './web.ts'

const host = 'autoconfig.exemple.test'

describe('a web server asked through the establishment’s proxy', () => {
  let proxy: Proxy
  let certificate = ''
  const asked: string[] = []
  const looked: string[] = []
  const server = (cert: string, key: string) =>
    createServer({ cert, key }, (request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`)
      response.end('settings')
    })
  let running: ReturnType<typeof server>

  beforeAll(async () => {
    const now = new Date()
    const key = (await loadKeys(['server'], now)).get('server') ?? ''
    certificate = issueCertificate({
      notBefore: new Date(now.getTime() - 86_400_000),
      notAfter: new Date(now.getTime() + 86_400_000),
      issuer: [[['CN', host]]],
      issuerKeyPem: key,
      subject: [[['CN', host]]],
      subjectKeyPem: key,
      authority: {},
      keyUsage: ['digitalSignature', 'keyCertSign'],
      extendedKeyUsage: [purposes.serverAuth],
      alternativeNames: [{ dns: host }],
    }).pem
    running = server(certificate, key)
    await new Promise<void>((resolve) => running.listen(0, '127.0.0.1', resolve))
    proxy = await startProxy(
      new Map([[host, `127.0.0.1:${String((running.address() as AddressInfo).port)}`]]),
    )
  })
  afterEach(() => {
    proxy.behave({ status: null })
    asked.length = 0
  })
  afterAll(async () => {
    await proxy.stop()
    running.close()
    running.closeAllConnections()
  })

  const ask = (anchors: string[], verified = true) =>
    askWeb(
      {
        resolver: {
          srv: () => Promise.resolve(ok([])),
          lookup: (name) => {
            looked.push(name)
            return Promise.resolve(fail('net.dns'))
          },
        },
        anchors: () => anchors,
        verifyServer: () => Promise.resolve(verified ? ok(null) : fail('tls.revoked')),
        web: createOutgoing({ routes: createRoutes({ url: proxy.url }, {}) }),
      },
      { url: `https://${host}/a`, limit: 100, milliseconds: 5000, signal: new AbortController().signal },
    )

  it('answers by a line that the proxy does not look into, its name resolved there', async () => {
    const answer = await ask([certificate])
    expect(answer.ok && (await wholeAnswer(answer.value))).toEqual(ok(Buffer.from('settings')))
    expect(proxy.asked).toEqual([`CONNECT ${host}:443`])
    expect(looked).toEqual([])
  })

  it('is told nothing by a proxy that shows another’s certificate, nor while revoked', async () => {
    expect(await ask([])).toMatchObject({ error: { code: 'tls.intercepted', details: { host } } })
    expect(await ask([certificate], false)).toMatchObject({ error: { code: 'tls.revoked' } })
    expect(asked).toEqual([])
  })

  it('is out of reach where the proxy says no', async () => {
    proxy.behave({ status: 403 })
    expect(await ask([certificate])).toMatchObject({
      error: { code: 'net.proxy-refused', details: { host } },
    })
  })
})
