import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ImapFlow } from 'imapflow'
import { describe, expect, it } from 'vitest'
import { submission, traceCommands, tracedCommands, untracedCommands, type ServerExchange } from './traced.ts'

/** A connection that answers what it is told to, in the folder INBOX. */
const clientForTest = (answer: () => Promise<unknown>, enabled: readonly string[] = []) => {
  const traces: ServerExchange[] = []
  const client = {
    enabled: new Set(enabled),
    mailbox: { path: 'INBOX' },
    exec: (): Promise<unknown> => answer(),
  }
  traceCommands(client as unknown as ImapFlow, 'anne@essai.mssante.test', (exchange) => traces.push(exchange))
  const exec = client.exec as unknown as (command: string, attributes: unknown[]) => Promise<unknown>
  return { exec, traces }
}
const done = (...words: string[]) => ({
  response: { command: 'OK', attributes: words.map((value) => ({ type: 'TEXT', value })) },
})
const atom = (value: string) => ({ type: 'ATOM', value })

describe('a command that processes a mailbox', () => {
  it.each([
    [
      'APPEND',
      [atom('Archives &AOk-t&AOk-'), { type: 'LITERAL', value: Buffer.from('secret') }],
      'Archives été',
      'APPEND Archives été {6}',
    ],
    ['CREATE', [atom('R&APU-le &- suite')], 'Rõle & suite', 'CREATE Rõle & suite'],
    ['RENAME', [atom('&-amp'), atom('&ZeVnLIqe-')], '&amp', 'RENAME &amp 日本語'],
    ['UID MOVE', [{ type: 'SEQUENCE', value: '4:6' }, atom('&AMk-tude')], 'INBOX', 'UID MOVE 4:6 Étude'],
    // Of an odd number of bytes: as it was sent.
    ['CREATE', [atom('x&AOkA-')], 'x&AOkA-', 'CREATE x&AOkA-'],
    [
      'UID STORE',
      [{ type: 'SEQUENCE', value: '7' }, atom('+FLAGS'), [atom('&AOk-')]],
      'INBOX',
      'UID STORE 7 +FLAGS (&AOk-)',
    ],
  ])(
    '%s names folders in letters, the size of content alone',
    async (command, attributes, target, request) => {
      const { exec, traces } = clientForTest(() => Promise.resolve(done('Done')))
      await exec(command, attributes)
      expect(traces).toMatchObject([{ target, request, answer: 'OK Done', outcome: 'ok' }])
    },
  )

  it('names folders as they are where the session speaks UTF-8', async () => {
    const { exec, traces } = clientForTest(() => Promise.resolve(done()), ['UTF8=ACCEPT'])
    await exec('CREATE', [atom('A &- B é')])
    expect(traces).toMatchObject([{ target: 'A &- B é' }])
  })

  it('has the words of a server that refuses, and says when none came', async () => {
    const refusal = Object.assign(new Error('no'), {
      response: {
        command: 'NO',
        attributes: [{ type: 'TEXT', value: '[OVERQUOTA] Quota exceeded\r\nsecond' }],
      },
    })
    const refused = clientForTest(() => Promise.reject(refusal))
    await refused.exec('APPEND', [atom('Sent')]).catch(() => undefined)
    expect(refused.traces).toMatchObject([
      { answer: 'NO [OVERQUOTA] Quota exceeded second', outcome: 'refused', code: null },
    ])
    const cut = clientForTest(() => Promise.reject(new Error('connection closed')))
    await cut.exec('UID EXPUNGE', [atom('4')]).catch(() => undefined)
    expect(cut.traces).toMatchObject([
      { action: 'deleted', answer: '', outcome: 'failed', code: 'net.closed' },
    ])
  })

  it('says nothing of secrets', async () => {
    const { exec, traces } = clientForTest(() => Promise.resolve(done('Logged in')))
    await exec('LOGIN', [atom('anne'), { type: 'STRING', value: 'phrase secrète' }])
    await exec('AUTHENTICATE', [atom('XOAUTH2'), { type: 'ATOM', value: 'dG9rZW4=', sensitive: true }])
    expect(traces.map(({ request }) => request)).toEqual(['LOGIN', 'AUTHENTICATE XOAUTH2'])
  })
})

it('decides for every command that is ever said to a server, one way or the other (ECO.4.1.1)', () => {
  const library = dirname(createRequire(import.meta.url).resolve('imapflow'))
  const sources = [
    ...readdirSync(library, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => join(library, name)),
    ...readdirSync(join(import.meta.dirname, 'imap'))
      .filter((name) => /(?<!\.test|\.fixture)\.ts$/.test(name))
      .map((name) => join(import.meta.dirname, 'imap', name)),
  ]
  // The library says each command by a literal at `exec`, or by a variable of that name.
  const said = new Set<string>()
  const places = [
    /(?:\bexec|\bask|execOf\([^)]*\))\([^'"()]{0,60}['"]([A-Z ]{2,})['"](?:\s*:\s*['"]([A-Z ]{2,})['"])?/g,
    /[cC]ommand\s*[:=][^'"\n]{0,80}['"]([A-Z ]{2,})['"](?:\s*:\s*['"]([A-Z ]{2,})['"])?/g,
  ]
  for (const path of sources) {
    const text = readFileSync(path, 'utf8')
    for (const place of places)
      for (const [, ...verbs] of text.matchAll(place))
        for (const verb of verbs) if (verb) said.add(verb.replace(/^UID /, ''))
  }
  for (const name of readdirSync(join(library, 'commands')))
    if (name.endsWith('.js') && !/-|subscription|quota/.test(name)) said.add(name.slice(0, -3).toUpperCase())
  const decided = { ...tracedCommands, ...untracedCommands }
  // A mechanism, an answer, a kind of value.
  const noCommands = ['OAUTHBEARER', 'BAD', 'ATOM']
  expect([...said].filter((verb) => !(verb in decided) && !noCommands.includes(verb))).toEqual([])
  for (const verb of ['APPEND', 'STORE', 'MOVE', 'EXPUNGE', 'MYRIGHTS', 'AUTHENTICATE', 'CLOSE', 'SELECT'])
    expect(said, verb).toContain(verb)
  expect(Object.keys(tracedCommands).filter((verb) => verb in untracedCommands)).toEqual([])
})

it('a submission keeps all its recipients, and counts a refused one as a failure', () => {
  const recipients = Array.from({ length: 300 }, (_, index) => ({
    address: `destinataire-${String(index)}@medecin.mssante.test`,
    accepted: index !== 7,
    response: index === 7 ? '550 5.1.1 unknown' : '250 2.1.5 Ok',
  }))
  const message = { from: 'anne@essai.mssante.test', messageId: '<m@essai>', size: 12 }
  const trace = submission('anne@essai.mssante.test', message, recipients, 'accepted', null)
  for (const { address } of recipients)
    for (const field of [trace.target, trace.request, trace.answer]) expect(field).toContain(address)
  expect(trace).toMatchObject({ outcome: 'refused', code: 'smtp.recipient-refused' })
  const later = (code: 'net.closed' | 'smtp.busy') =>
    submission('a@b', message, recipients.slice(0, 1), 'later', { code, retry: 'later' }).outcome
  expect([later('net.closed'), later('smtp.busy')]).toEqual(['failed', 'refused'])
})
