/**
 * The naive peer of machine-and-peers.md §4, a process of its own: one IMAP connection, every source of every folder fetched and
 * kept in memory. `node naive-imapflow.ts` with NAIVE_HOST, NAIVE_PORT, NAIVE_USER, NAIVE_PASS, NAIVE_FOLDERS (one a line); says `done` on standard output
 * and waits to be ended.
 */
import { ImapFlow } from 'imapflow'

const { NAIVE_HOST = '', NAIVE_PORT = '', NAIVE_USER = '', NAIVE_PASS = '', NAIVE_FOLDERS = '' } = process.env
const client = new ImapFlow({
  host: NAIVE_HOST,
  port: Number(NAIVE_PORT),
  secure: false,
  auth: { user: NAIVE_USER, pass: NAIVE_PASS },
  // The operator's own authority: the peer is measured, not trusted.
  tls: { rejectUnauthorized: false },
  logger: false,
  disableCompression: true,
})
await client.connect()
const kept: Buffer[] = []
for (const path of NAIVE_FOLDERS.split('\n')) {
  const mailbox = await client.mailboxOpen(path)
  if (mailbox.exists === 0) continue
  for await (const message of client.fetch('1:*', { uid: true, flags: true, envelope: true, source: true }))
    if (message.source) kept.push(message.source)
}
process.stdout.write(`done ${kept.length}\n`)
setInterval(() => kept.length, 60_000)
