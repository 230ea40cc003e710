import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { people, startOperator } from './index.ts'

/**
 * `node test/operator/run.ts [--empty]`: the operator by itself, until Ctrl-C. Everything printed is fictitious.
 */
const operator = await startOperator({
  seed: !process.argv.includes('--empty'),
  directory: { lines: 5000 },
  log: (line) => process.stderr.write(`${line}\n`),
})
const { passphrase } = operator.pki.software('anne')
for (const person of ['anne', 'paul'] as const) {
  await writeFile(join(operator.folder, `${person}.p12`), operator.pki.software(person).confidentiality.p12)
}
process.stdout.write(`SousPli test operator (fictitious people, loopback only)
  folder   ${operator.folder}
  policy   ${operator.policyFile}
  IMAP     ${operator.imap.address}:${operator.imap.port} STARTTLS, certificate for ${operator.imap.host}
  SMTP     ${operator.smtp.address}:${operator.smtp.port} STARTTLS, certificate for ${operator.smtp.host}
  DNS      ${operator.dns.server}
  PSC      ${operator.psc.issuer} (simulated), client ${operator.psc.clientId}
  p12      anne.p12 and paul.p12 in the folder, passphrase ${passphrase}
${Object.values(people)
  .map(({ address, password }) => `  ${address} / ${password}`)
  .join('\n')}
Ctrl-C stops it.
`)
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
await operator.stop()
