import { createPrivateKey, X509Certificate } from 'node:crypto'
import { importP12, type DecryptionKey } from '../app/smime/index.ts'
import type { MessageInspection } from '../app/contract/index.ts'
import { inspectMessage } from '../app/reading/index.ts'
import { reading } from '../renderer/i18n/fr/reading.ts'
import { withSentences } from './inspect-deviations.ts'
import { exitCodes, readArguments, readDate, readInput, Unusable, type Inspected } from './inspect-input.ts'
import { mboxMessages } from './inspect-mbox.ts'
import { certificatesIn, namedTrust, trustOptions } from './inspect-trust.ts'
import { createVisibleText } from './inspect-visible-text.ts'

/** Passphrases come by the environment: a command line is seen by everybody on the machine. */
const passphrasesFor = (files: readonly string[], variables: readonly string[]): string[] =>
  files.map((file, index) => {
    const variable = variables[index] ?? variables.at(-1)
    const passphrase = variable === undefined ? '' : process.env[variable]
    if (passphrase === undefined)
      throw new Unusable(`--password-env ${variable ?? ''}: not set (for ${file})`)
    return passphrase
  })

/** Keys with their certificates: a PKCS#12 file, or PEM with one of both. Throws `Unusable`. */
const keysIn = (name: string, passphrase: string): { keys: DecryptionKey[]; chain: Uint8Array[] } => {
  const bytes = readInput(name)
  if (Buffer.from(bytes.subarray(0, 4096)).includes('-----BEGIN ')) {
    try {
      const pem = Buffer.from(bytes)
      const key = createPrivateKey({ key: pem, passphrase })
      const all = certificatesIn([name])
      const certificate = all.find((der) => new X509Certificate(der).checkPrivateKey(key))
      if (!certificate) throw new Unusable(`${name}: no certificate for the key`)
      const pkcs8 = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }))
      return { keys: [{ certificate, pkcs8 }], chain: all.filter((der) => der !== certificate) }
    } catch (error) {
      if (error instanceof Unusable) throw error
      throw new Unusable(`${name}: no key that can be read`, { cause: error })
    }
  }
  const imported = importP12(bytes, passphrase)
  if (!imported.ok) throw new Unusable(`${name}: ${imported.error.code}`)
  return imported.value
}

/** A message; a bare CMS structure (DER, as some programs save a .p7m) is given the header it came without. */
const asMessage = (bytes: Uint8Array): Uint8Array => {
  if (bytes[0] !== 0x30 || (bytes[1] ?? 0) < 0x10) return bytes
  const header =
    'Content-Type: application/pkcs7-mime; name="smime.p7m"\r\nContent-Transfer-Encoding: binary\r\n\r\n'
  return Buffer.concat([Buffer.from(header), bytes])
}

/** What the window says of the signature and the encryption, in French. */
const explanations = ({ verdict, reasons, notices, encryption }: MessageInspection): string[] => [
  verdict === 'none' ? reading.unsignedMeaning : reading[`verdict_${verdict}`],
  ...reasons.map((reason) => reading[`reason_${reason}`]),
  ...notices.map((notice) =>
    notice === 'revocation-unknown' ? reading.revocation_unknown : reading[`notice_${notice}`],
  ),
  ...(encryption.status === 'decrypted' && !encryption.integrityProtected ? [reading.notAuthenticated] : []),
  ...(encryption.status === 'decrypted' && encryption.weak ? [reading.weakEncryption] : []),
]

/** `inspect message FILE.eml …` (docs/inspect.md). */
export const inspectMessageCommand = async (argv: string[]): Promise<Inspected> => {
  const { file, values } = readArguments(argv, {
    ...trustOptions,
    key: { type: 'string', multiple: true },
    'password-env': { type: 'string', multiple: true },
    index: { type: 'string' },
    at: { type: 'string' },
  })
  const now = readDate(values.at)
  const source = readInput(file)
  const index = values.index === undefined ? 1 : Number(values.index)
  if (!Number.isInteger(index) || index < 1)
    throw new Unusable(`--index ${values.index ?? ''}: not a number from 1`)
  const messages = mboxMessages(source)
  const raw = messages === null ? asMessage(source) : messages[index - 1]
  if (!raw || (messages === null && index > 1)) throw new Unusable(`${file}: no message ${String(index)}`)

  const files = values.key ?? []
  const passphrases = passphrasesFor(files, values['password-env'] ?? [])
  const opened = files.map((name, position) => keysIn(name, passphrases[position] ?? ''))
  const known = certificatesIn(values.intermediate)
  const trust = namedTrust(values, now)
  const inspected = await inspectMessage(raw, {
    now,
    ...(values.at === undefined ? {} : { asOf: now }),
    trust,
    keys: opened.flatMap(({ keys }) => keys),
    known: [...known, ...opened.flatMap(({ chain }) => chain)],
    visibleText: await createVisibleText(),
  })
  if (!inspected.ok) throw new Unusable(`${file}: ${inspected.error.code}`)
  return {
    exitCode: exitCodes.good,
    report: {
      file,
      message: messages === null ? null : index,
      explanations: explanations(inspected.value),
      ...inspected.value,
      clinical: withSentences(inspected.value.clinical),
    },
  }
}
