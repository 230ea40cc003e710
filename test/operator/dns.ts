import { createSocket } from 'node:dgram'

export interface ServiceAnswer {
  target: string
  port: number
  priority?: number
  weight?: number
}

/**
 * A DNS server on loopback for the operator's world: SRV records of the trust-space domains (RFC 2782, RFC 6186) and
 * A records of the operator's hosts. Everything else is NXDOMAIN.
 */
export interface DnsRecords {
  /** Host name → IPv4 address. */
  hosts: Map<string, string>
  /** `_imap._tcp.domain` → where the service is; target `.` says that there is none. */
  services: Map<string, ServiceAnswer | readonly ServiceAnswer[]>
}

export interface DnsServer {
  port: number
  /** Stops answering (queries time out) until `up()`: a workstation without network. */
  down: () => void
  up: () => void
  stop: () => Promise<void>
}

const typeA = 1
const typeAny = 255
const typeSrv = 33

/** A name as labels (RFC 1035 §3.1). */
export const encodeName = (name: string): Buffer => {
  const labels = name
    .split('.')
    .filter((label) => label !== '')
    .map((label) => Buffer.from(label, 'ascii'))
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), label]), Buffer.from([0])])
}

interface Question {
  name: string
  type: number
  /** The question as received, to be repeated in the answer. */
  bytes: Buffer
}

const readQuestion = (packet: Buffer): Question | null => {
  if (packet.length < 17 || packet.readUInt16BE(4) !== 1) return null
  const labels: string[] = []
  let at = 12
  for (;;) {
    const length = packet[at]
    if (length === undefined || length > 63 || at + 1 + length > packet.length) return null
    at += 1
    if (length === 0) break
    labels.push(packet.toString('latin1', at, at + length))
    at += length
  }
  if (at + 4 > packet.length) return null
  const name = labels.join('.').toLowerCase()
  return { name, type: packet.readUInt16BE(at), bytes: packet.subarray(12, at + 4) }
}

/** A resource record that lasts a minute (RFC 1035 §3.2.1). */
export const record = (name: string, type: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(10)
  head.writeUInt16BE(type, 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt32BE(60, 4)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([encodeName(name), head, data])
}

const serviceRecord = (name: string, { target, port, priority = 0, weight = 0 }: ServiceAnswer): Buffer => {
  const data = Buffer.alloc(6)
  data.writeUInt16BE(priority, 0)
  data.writeUInt16BE(weight, 2)
  data.writeUInt16BE(port, 4)
  return record(name, typeSrv, Buffer.concat([data, encodeName(target)]))
}

/** The reply to one query packet, or null when it is not a query this server understands. */
export const answerDns = (packet: Buffer, records: DnsRecords): Buffer | null => {
  const question = readQuestion(packet)
  if (!question) return null
  const answers: Buffer[] = []
  const { name, type } = question
  const address = records.hosts.get(name)
  const service = records.services.get(name)
  if (address && (type === typeA || type === typeAny)) {
    answers.push(record(name, typeA, Buffer.from(address.split('.').map(Number))))
  }
  if (service && (type === typeSrv || type === typeAny)) {
    for (const one of [service].flat()) answers.push(serviceRecord(name, one))
  }
  const head = Buffer.alloc(12)
  packet.copy(head, 0, 0, 2)
  const known = address !== undefined || service !== undefined
  head.writeUInt16BE(0x8580 | (known ? 0 : 3), 2) // response, authoritative, recursion desired and available
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(answers.length, 6)
  return Buffer.concat([head, question.bytes, ...answers])
}

/** Starts the server on a free UDP port of 127.0.0.1. */
export const startDns = async (records: DnsRecords): Promise<DnsServer> => {
  const socket = createSocket('udp4')
  let answering = true
  socket.on('message', (packet, from) => {
    const answer = answering ? answerDns(packet, records) : null
    if (answer) socket.send(answer, from.port, from.address)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(0, '127.0.0.1', resolve)
  })
  return {
    port: socket.address().port,
    down: () => {
      answering = false
    },
    up: () => {
      answering = true
    },
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  }
}
