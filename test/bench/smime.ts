import { fork, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { coreEnvironment } from '../../app/contract/index.ts'
import { createPeople, createPki, crlUrl, type Pki } from '../../app/smime/smime.fixture.ts'
import { bundleSmime } from './bundle.ts'
import { SmimeAnswer, type SmimeOrder, type SmimeSetting } from './smime-orders.ts'
import { figure, median, type Figure, type Limits } from './statistics.ts'

interface Setting {
  runs: number
  /** Scratch, and where the bundles go; removed by the caller. */
  folder: string
  dist: string
  log: (line: string) => void
  print: (line: Figure) => void
}

const operations = ['sign', 'verify', 'encrypt', 'decrypt'] as const
const sizes = [
  { label: '4 kB', bytes: 4_000 },
  { label: '1 MB', bytes: 1_000_000 },
  { label: '25 MB', bytes: 25_000_000 },
]
/** A small message is looked at so many times: one alone is below what a clock tells. */
const smallRounds = 300

/** A MIME entity of so many bytes, an attachment in base64. */
const entityOf = (bytes: number): Uint8Array => {
  const head = 'Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n'
  const lines = randomBytes(Math.ceil(bytes * 0.74))
    .toString('base64')
    .replace(/.{76}/g, '$&\r\n')
  return Buffer.from(`${head}${lines}`.slice(0, bytes - 2).replace(/\r?$/, '\r\n'), 'latin1')
}

const Reply = z.union([z.object({ answer: SmimeAnswer }), z.object({ error: z.string() })])

/** The engine in a process of its own, bundled and set up as the product's core. */
const startEngine = (program: string, settingFile: string) => {
  const child = fork(program, [settingFile], {
    execArgv: ['--expose-gc'],
    env: { ...process.env, ...coreEnvironment },
  })
  return {
    order: async (order: SmimeOrder): Promise<SmimeAnswer> => {
      child.send(order)
      const [message] = (await once(child, 'message')) as [unknown]
      const reply = Reply.parse(message)
      if ('error' in reply) throw new Error(`${order.operation}: ${reply.error}`)
      return reply.answer
    },
    stop: async (): Promise<void> => {
      const exited = once(child, 'exit')
      child.send('stop')
      await exited
    },
  }
}

interface Files {
  entity: string
  signed: string
  sealed: string
}

/** The command that does the same: time of the whole process, memory at its most where the system's `time` can tell. */
const peerCommands = (pki: Pki, people: ReturnType<typeof createPeople>) => {
  const { signer, confidentiality } = people
  const key = pki.put('signer-key.pem', signer.keyPem)
  const recipient = pki.put('recipient.pem', confidentiality.pem)
  const anchors = pki.put('anchors.pem', people.root.pem + people.authority.pem)
  const chain = pki.put('authority.pem', people.authority.pem)
  const signing = ['-signer', pki.put('signer.pem', signer.pem), '-inkey', key, '-certfile', chain]
  const opening = ['-recip', recipient, '-inkey', pki.put('own.pem', confidentiality.keyPem)]
  return {
    sign: (files: Files) => ['-sign', '-md', 'sha256', '-in', files.entity, ...signing],
    verify: (files: Files) => ['-verify', '-in', files.signed, '-CAfile', anchors, '-no_check_time'],
    encrypt: (files: Files) => ['-encrypt', '-aes-256-cbc', '-in', files.entity, '-recip', recipient],
    decrypt: (files: Files) => ['-decrypt', '-in', files.sealed, ...opening],
  }
}

const timeProgram = '/usr/bin/time'
const runPeer = (args: string[]): { milliseconds: number; peak: number } => {
  const measured = existsSync(timeProgram)
  const command = ['openssl', 'cms', ...args, '-out', '/dev/null']
  const started = performance.now()
  const ended = measured
    ? spawnSync(timeProgram, ['-f', '%M', ...command], { encoding: 'utf8' })
    : spawnSync(command[0] ?? '', command.slice(1), { encoding: 'utf8' })
  const milliseconds = performance.now() - started
  if (ended.status !== 0) throw new Error(`openssl cms ${args[0] ?? ''}: ${ended.stderr}`)
  return { milliseconds, peak: measured ? Number(ended.stderr.trim().split('\n').at(-1)) / 1024 : NaN }
}

/** Signs, verifies, encrypts and decrypts beside `openssl cms`, taking turns: both feel the same machine. */
export const runSmimeBench = async ({ runs, folder, dist, log, print }: Setting): Promise<void> => {
  const pki = createPki()
  try {
    const { program, worker } = await bundleSmime(dist)
    const people = createPeople(pki)
    const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
    const setting: SmimeSetting = {
      worker,
      now: '2026-11-22T08:00:00Z',
      list: base64(pki.crl(people.authority, [])),
      people: {
        address: 'alix@mss.test',
        anchors: [people.root, people.authority].map(({ der }) => base64(der)),
        authority: base64(people.authority.der),
        signer: base64(people.signer.der),
        pkcs8: base64(people.signer.pkcs8),
        recipient: base64(people.confidentiality.der),
        recipientPkcs8: base64(people.confidentiality.pkcs8),
      },
    }
    log(`revocation list from ${crlUrl}, answered in the process`)
    const settingFile = join(folder, 'smime.json')
    writeFileSync(settingFile, JSON.stringify(setting))
    const peer = peerCommands(pki, people)
    const start = () => startEngine(program, settingFile)
    for (const { label, bytes } of sizes) {
      const files: Files = {
        entity: pki.put('entity.eml', entityOf(bytes)),
        signed: join(folder, `signed-${String(bytes)}.eml`),
        sealed: join(folder, `sealed-${String(bytes)}.eml`),
      }
      pki.openssl(['cms', ...peer.sign(files), '-out', `${files.signed}.part`])
      writeFileSync(
        files.signed,
        Buffer.concat([Buffer.from('From: Alix <alix@mss.test>\r\n'), readFileSync(`${files.signed}.part`)]),
      )
      pki.openssl(['cms', ...peer.encrypt(files), '-out', files.sealed])
      for (const operation of operations) {
        const order: SmimeOrder = {
          operation,
          file: operation === 'verify' ? files.signed : operation === 'decrypt' ? files.sealed : files.entity,
          expected: operation === 'verify' || operation === 'decrypt' ? files.entity : null,
        }
        await measure({
          operation,
          label,
          bytes,
          runs,
          order,
          start,
          peer: () => runPeer(peer[operation](files)),
          print,
        })
        log(`${operation} ${label} done`)
      }
    }
  } finally {
    pki.remove()
  }
}

const limitsFor = (operation: string, bytes: number): { time: Limits | null; memory: Limits | null } => ({
  time:
    bytes >= 25_000_000 ? { ofPeer: 1.5 } : operation === 'verify' && bytes < 10_000 ? { atMost: 2 } : null,
  memory: bytes >= 25_000_000 ? { atMost: 100 } : null,
})

const measure = async (how: {
  operation: string
  label: string
  bytes: number
  runs: number
  order: SmimeOrder
  start: () => ReturnType<typeof startEngine>
  peer: () => { milliseconds: number; peak: number }
  print: (line: Figure) => void
}): Promise<void> => {
  const { order, runs, bytes } = how
  const times: number[] = []
  const first: number[] = []
  const peaks: number[] = []
  const peers: { milliseconds: number; peak: number }[] = []
  for (let run = 0; run < runs; run += 1) {
    const engine = how.start()
    // The first one of a process reads code, starts the thread and, for a signature, fetches the list: memory counts, as it
    // would for a user; the time of a program that runs is that of the next ones.
    const cold = await engine.order(order)
    first.push(cold.milliseconds)
    const warm: number[] = []
    const rounds = bytes < 100_000 ? smallRounds : 2
    let peak = cold.peak
    for (let round = 0; round < rounds; round += 1) {
      const answer = await engine.order(order)
      warm.push(answer.milliseconds)
      peak = Math.max(peak, answer.peak)
    }
    times.push(median(warm))
    peaks.push(peak)
    await engine.stop()
    peers.push(how.peer())
  }
  const name = 'openssl cms, whole process'
  const limits = limitsFor(how.operation, bytes)
  const about = (what: string, unit: string) => ({
    bench: 'smime',
    figure: `${how.operation} ${how.label}, ${what}`,
    unit,
    messages: 1,
  })
  const peerTimes = { name, values: peers.map(({ milliseconds }) => milliseconds) }
  const peerPeaks = peers.map(({ peak }) => peak).filter((peak) => !Number.isNaN(peak))
  how.print(figure(about('time', 'ms'), times, peerTimes, limits.time))
  how.print(figure(about('first in its process', 'ms'), first, peerTimes, null))
  how.print(figure(about('memory above idle', 'MiB'), peaks, { name, values: peerPeaks }, limits.memory))
}
