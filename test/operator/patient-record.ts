import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { componentOf, fieldOf, mdmProblems, splitMessage, type ReceivedMessage } from './mdm-check.ts'

/** What the record answers to one message; `accept` looks at it as a record system would. */
export type RecordAnswer =
  | { kind: 'accept' }
  /** `held`: answers once that has come. */
  | {
      kind: 'refuse'
      code: 'AE' | 'AR'
      error: number
      application?: number
      text?: string
      held?: Promise<unknown>
    }
  | { kind: 'silence' }
  | { kind: 'late'; milliseconds: number }
  | { kind: 'garbage' }
  | { kind: 'half-frame' }
  | { kind: 'wrong-control-id' }
  | { kind: 'commit-then-accept' }
  | { kind: 'commit-then-cut' }
  | { kind: 'cut-before-answer' }
  | { kind: 'cut-while-reading' }
  | { kind: 'flood' }

export interface FiledMessage {
  message: ReceivedMessage
  controlId: string
  trigger: string
  documentId: string
  /** What is not as the guide has it. */
  problems: string[]
  /** Null when nothing was answered. */
  answer: string | null
  /** It had this control id before: nothing was done again. */
  repeated: boolean
}

export interface PatientRecord {
  port: number
  received: FiledMessage[]
  /** Documents in the record now, by their id (TXA-12), with the matricule of their patient. */
  documents: Map<string, string>
  /** Null takes any patient. */
  patients: Set<string> | null
  /** Programmed answers, one for each message to come; then all are accepted. */
  answers: RecordAnswer[]
  /** The next message that arrives, or did since the last call. */
  next: (milliseconds?: number) => Promise<FiledMessage>
  stop: () => Promise<void>
}

const names: Record<number, string> = {
  100: 'Segment sequence error',
  101: 'Required field missing',
  102: 'Data type error',
  103: 'Table value not found',
  200: 'Unsupported message type',
  207: 'Application internal error',
  900: 'Version du document incorrecte',
  901: 'Auteur non autorisé',
  902: 'Identifiant de patient inconnu',
  903: 'INS absent',
  904: 'INS différent',
  905: 'Traits INS incomplets',
  906: 'Autre erreur',
}

/**
 * A patient record (DPI) that takes MDM messages over MLLP as the ANS guide has it: it checks every field, keeps documents,
 * knows its patients, answers a message it has had once more without filing it again, and misbehaves on demand.
 */
export const startPatientRecord = async (
  options: { port?: number; tls?: TlsOptions; patients?: readonly string[] } = {},
): Promise<PatientRecord> => {
  const received: FiledMessage[] = []
  const documents = new Map<string, string>()
  const answers: RecordAnswer[] = []
  const given = new Map<string, string>()
  const sockets = new Set<Socket>()
  const waiting: ((one: FiledMessage) => void)[] = []
  let taken = 0
  const record: PatientRecord = {
    port: 0,
    received,
    documents,
    patients: options.patients ? new Set(options.patients) : null,
    answers,
    next: async (milliseconds = 100_000) => {
      const there = received[taken]
      if (there) {
        taken += 1
        return there
      }
      return await new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error('no message came to the patient record')),
          milliseconds,
        )
        waiting.push((one) => {
          clearTimeout(timer)
          taken += 1
          resolve(one)
        })
      })
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }

  const acknowledgement = (
    message: ReceivedMessage,
    code: string,
    error?: { error: number; application?: number; text?: string },
    controlId = fieldOf(message, 'MSH', 10),
  ): string => {
    const at = (field: number): string => fieldOf(message, 'MSH', field)
    const trigger = componentOf(at(9), 2)
    const err = error
      ? `ERR||PID^1^3|${error.error}^${names[error.error] ?? ''}^messageErrorCondition|E|${
          error.application === undefined
            ? ''
            : `${error.application}^${error.text ?? names[error.application] ?? ''}^applicationErrorCode`
        }\r`
      : ''
    return `MSH|^~\\&|${at(5)}|${at(6)}|${at(3)}|${at(4)}|20261122100000||ACK^${trigger}^ACK|A${received.length}|P|2.6|||||FRA|UNICODE UTF-8\rMSA|${code}|${controlId}\r${err}`
  }

  /** What a record system makes of a message that is well formed. */
  const judge = (message: ReceivedMessage, problems: readonly string[]): string => {
    if (problems.length > 0) return acknowledgement(message, 'AE', { error: 199, text: problems.join(', ') })
    const ins = fieldOf(message, 'PID', 3)
      .split('~')
      .find((id) => componentOf(id, 5) === 'INS')
    const matricule = ins === undefined ? null : componentOf(ins, 1)
    const refused = (application: number): string =>
      acknowledgement(message, 'AE', { error: 207, application })
    if (matricule === null) return refused(903)
    if (fieldOf(message, 'PID', 32) !== 'VALI') return refused(905)
    if (record.patients && !record.patients.has(matricule)) return refused(902)
    const id = fieldOf(message, 'TXA', 12)
    const parent = fieldOf(message, 'TXA', 13)
    switch (componentOf(fieldOf(message, 'MSH', 9), 2)) {
      case 'T10':
        if (!documents.has(parent)) return refused(900)
        documents.delete(parent)
        documents.set(id, matricule)
        break
      case 'T04':
        if (!documents.delete(id)) return refused(900)
        break
      default:
        documents.set(id, matricule)
    }
    return acknowledgement(message, 'AA')
  }

  const frame = (text: string): Buffer => Buffer.from(`\u000b${text}\u001c\r`, 'utf8')

  const receive = (socket: Socket, bytes: Buffer): void => {
    const latin = bytes.includes('|8859/15|')
    const message = splitMessage(
      latin ? new TextDecoder('iso-8859-15').decode(bytes) : bytes.toString('utf8'),
    )
    const controlId = fieldOf(message, 'MSH', 10)
    const before = given.get(controlId)
    const problems = mdmProblems(message)
    const wanted: RecordAnswer = answers.shift() ?? { kind: 'accept' }
    const filed = {
      message,
      controlId,
      trigger: componentOf(fieldOf(message, 'MSH', 9), 2),
      documentId: fieldOf(message, 'TXA', 12),
      problems,
      repeated: before !== undefined,
    }
    const tell = (answer: string | null): void => {
      const one = { ...filed, answer }
      received.push(one)
      waiting.shift()?.(one)
    }
    const accept = (): string => {
      const text = before ?? judge(message, problems)
      given.set(controlId, text)
      return text
    }
    switch (wanted.kind) {
      case 'accept': {
        const text = accept()
        tell(text)
        socket.write(frame(text))
        return
      }
      case 'commit-then-accept': {
        const text = accept()
        tell(text)
        socket.write(frame(acknowledgement(message, 'CA')))
        socket.write(frame(text))
        return
      }
      case 'commit-then-cut':
        accept()
        tell(null)
        socket.end(frame(acknowledgement(message, 'CA')))
        return
      case 'refuse': {
        const text = acknowledgement(message, wanted.code, wanted)
        tell(text)
        if (wanted.held) void wanted.held.then(() => socket.write(frame(text)))
        else socket.write(frame(text))
        return
      }
      case 'late': {
        const text = accept()
        tell(text)
        setTimeout(() => socket.write(frame(text)), wanted.milliseconds)
        return
      }
      case 'silence':
        // Taken, and never said so.
        accept()
        return tell(null)
      case 'garbage':
        accept()
        tell(null)
        socket.write(Buffer.from('\u000bnonsense\u001c\r'))
        return
      case 'half-frame': {
        const text = accept()
        tell(null)
        socket.end(frame(text).subarray(0, 40))
        return
      }
      case 'wrong-control-id':
        accept()
        tell(null)
        socket.write(frame(acknowledgement(message, 'AA', undefined, 'AUTRE')))
        return
      case 'flood':
        accept()
        tell(null)
        socket.write(Buffer.alloc(2 * 1024 * 1024, 'x'))
        return
      case 'cut-before-answer':
      case 'cut-while-reading':
        accept()
        tell(null)
        socket.destroy()
    }
  }

  const onSocket = (socket: Socket): void => {
    sockets.add(socket)
    let buffer = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    socket.on('data', (chunk: Buffer) => {
      if (answers[0]?.kind === 'cut-while-reading') {
        answers.shift()
        socket.destroy()
        return
      }
      buffer = Buffer.concat([buffer, chunk])
      for (let end = buffer.indexOf('\u001c\r'); end >= 0; end = buffer.indexOf('\u001c\r')) {
        const start = buffer.indexOf(0x0b)
        receive(socket, buffer.subarray(start + 1, end))
        buffer = buffer.subarray(end + 2)
      }
    })
  }
  const server: Server = options.tls ? createTlsServer(options.tls, onSocket) : createServer(onSocket)
  server.on('tlsClientError', () => undefined)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the patient record has no port')
  record.port = address.port
  return record
}
