import type { SqlDatabase } from '../database.ts'
import { operation } from '../operation.ts'

/** An account as stored; the connection state lives in memory. */
export interface StoredAccount {
  id: number
  address: string
  displayName: string
  kind: 'personal' | 'organisational' | 'applicative' | 'generic'
  auth: 'card' | 'psc' | 'p12' | 'password-otp' | 'password'
  password: string | null
  /** Where it is not the address. */
  loginName: string | null
  /** Null but for 'card'. */
  card: StoredCard | null
  /** Null but for 'p12'. */
  p12: StoredP12 | null
  /** What the label of From is made of; null where it was typed whole. */
  label: StoredLabel | null
  replyTo: string | null
  /** What is written asks for a read receipt unless its author says otherwise. */
  askReceipts: boolean
  imap: StoredServer
  smtp: StoredServer
  maxMessageSize: number | null
  /** Bytes; null when the server tells none. */
  quota: { used: number; limit: number } | null
}

/** The card an account is bound to, and who SASL EXTERNAL asks to be on either server: what opened it when it was made. */
export interface StoredCard {
  serial: string
  nationalId: string | null
  imapIdentity: 'address' | 'empty'
  smtpIdentity: 'address' | 'empty'
}

/** Who is asked to be after mutual TLS with a p12, or `none`: no SASL at all. */
export type CertificateIdentity = 'address' | 'empty' | 'none'

/** An organisation's certificate and its key (PKCS#8), DER in base64; the vault is the only place where the key is. */
export interface StoredP12 {
  certificate: string
  chain: string[]
  pkcs8: string
  imapIdentity: CertificateIdentity
  smtpIdentity: CertificateIdentity
}

export interface StoredLabel {
  title: string
  givenName: string
  familyName: string
  entity: string
}

export interface StoredServer {
  host: string
  port: number
  security: 'starttls' | 'tls'
}

interface AccountRow {
  id: number
  address: string
  display_name: string
  kind: StoredAccount['kind']
  auth: StoredAccount['auth']
  password: string | null
  login_name: string | null
  card: string | null
  p12: string | null
  label: string | null
  reply_to: string | null
  ask_receipts: number
  imap_host: string
  imap_port: number
  imap_security: StoredServer['security']
  smtp_host: string
  smtp_port: number
  smtp_security: StoredServer['security']
  max_message_size: number | null
  quota_used: number | null
  quota_limit: number | null
}

const account = (row: AccountRow): StoredAccount => ({
  id: row.id,
  address: row.address,
  displayName: row.display_name,
  kind: row.kind,
  auth: row.auth,
  password: row.password,
  loginName: row.login_name,
  // Written below, and nowhere else.
  card: row.card === null ? null : (JSON.parse(row.card) as StoredCard),
  p12: row.p12 === null ? null : (JSON.parse(row.p12) as StoredP12),
  label: row.label === null ? null : (JSON.parse(row.label) as StoredLabel),
  replyTo: row.reply_to,
  askReceipts: row.ask_receipts === 1,
  imap: { host: row.imap_host, port: row.imap_port, security: row.imap_security },
  smtp: { host: row.smtp_host, port: row.smtp_port, security: row.smtp_security },
  maxMessageSize: row.max_message_size,
  quota:
    row.quota_used === null || row.quota_limit === null
      ? null
      : { used: row.quota_used, limit: row.quota_limit },
})

/** What an account has only when somebody said so. */
type OwnWords = 'p12' | 'label' | 'replyTo' | 'loginName' | 'askReceipts'

/** Part files that the rows about to be deleted refer to. */
const filesOfAccount = (db: SqlDatabase, id: number): string[] =>
  db
    .prepare(
      `SELECT raw_file AS file FROM bodies JOIN messages ON messages.id = message_id
         WHERE account_id = $id AND raw_file IS NOT NULL
       UNION SELECT mime_file FROM outbox WHERE account_id = $id AND mime_file IS NOT NULL
       UNION SELECT part_file FROM draft_attachments JOIN drafts ON drafts.id = draft_id WHERE account_id = $id`,
    )
    .all<{ file: string }>({ id })
    .map((row) => row.file)

export const accountOperations = {
  'accounts.list': operation((db): StoredAccount[] =>
    db.prepare('SELECT * FROM accounts ORDER BY id').all<AccountRow>().map(account),
  ),
  /** Null when the address already has an account. */
  'accounts.insert': operation(
    (
      db,
      params: Omit<StoredAccount, 'id' | 'quota' | OwnWords> & Partial<Pick<StoredAccount, OwnWords>>,
      context,
    ): StoredAccount | null => {
      const { p12 = null, label = null, replyTo = null, loginName = null, askReceipts = false } = params
      const { changes, lastInsertRowid } = db
        .prepare(
          `INSERT OR IGNORE INTO accounts (address, display_name, kind, auth, password, login_name, card, p12, label, reply_to,
             ask_receipts, imap_host, imap_port, imap_security, smtp_host, smtp_port, smtp_security, max_message_size, created_at)
           VALUES ($address, $displayName, $kind, $auth, $password, $loginName, $card, $p12, $label, $replyTo,
             $askReceipts, $imapHost, $imapPort, $imapSecurity, $smtpHost, $smtpPort, $smtpSecurity, $maxMessageSize, $now)`,
        )
        .run({
          address: params.address,
          displayName: params.displayName,
          kind: params.kind,
          auth: params.auth,
          password: params.password,
          loginName,
          card: params.card === null ? null : JSON.stringify(params.card),
          p12: p12 === null ? null : JSON.stringify(p12),
          label: label === null ? null : JSON.stringify(label),
          replyTo,
          askReceipts: askReceipts ? 1 : 0,
          imapHost: params.imap.host,
          imapPort: params.imap.port,
          imapSecurity: params.imap.security,
          smtpHost: params.smtp.host,
          smtpPort: params.smtp.port,
          smtpSecurity: params.smtp.security,
          maxMessageSize: params.maxMessageSize,
          now: context.now(),
        })
      return changes === 0
        ? null
        : { ...params, p12, label, replyTo, loginName, askReceipts, id: lastInsertRowid, quota: null }
    },
  ),
  /** Another card of the same professional opens the account from now on. */
  'accounts.setCard': operation((db, params: { id: number; card: StoredCard }): void => {
    db.prepare("UPDATE accounts SET card = $card WHERE id = $id AND auth = 'card'").run({
      id: params.id,
      card: JSON.stringify(params.card),
    })
  }),
  /** Another certificate of the same organisation opens the account from now on. */
  'accounts.setP12': operation((db, params: { id: number; p12: StoredP12 }): void => {
    db.prepare("UPDATE accounts SET p12 = $p12 WHERE id = $id AND auth = 'p12'").run({
      id: params.id,
      p12: JSON.stringify(params.p12),
    })
  }),
  /** How the mailbox presents itself. */
  'accounts.present': operation(
    (
      db,
      params: Pick<StoredAccount, 'id' | 'displayName' | 'label' | 'replyTo' | 'kind' | 'askReceipts'>,
    ): void => {
      db.prepare(
        `UPDATE accounts SET display_name = $displayName, label = $label, reply_to = $replyTo, kind = $kind,
           ask_receipts = $askReceipts WHERE id = $id`,
      ).run({
        ...params,
        label: params.label === null ? null : JSON.stringify(params.label),
        askReceipts: params.askReceipts ? 1 : 0,
      })
    },
  ),
  'accounts.setMaxMessageSize': operation((db, params: { id: number; size: number | null }): void => {
    db.prepare('UPDATE accounts SET max_message_size = $size WHERE id = $id').run(params)
  }),
  /** What the server says of the mailbox's room; true when it is news. */
  'accounts.setQuota': operation(
    (db, params: { id: number; quota: { used: number; limit: number } | null }): boolean =>
      db
        .prepare(
          `UPDATE accounts SET quota_used = $used, quota_limit = $limit
           WHERE id = $id AND (quota_used IS NOT $used OR quota_limit IS NOT $limit)`,
        )
        .run({ id: params.id, used: params.quota?.used ?? null, limit: params.quota?.limit ?? null })
        .changes > 0,
  ),
  /** Forgets an account with its mail; returns the part files to remove. */
  'accounts.remove': operation((db, params: { id: number }): string[] => {
    const files = filesOfAccount(db, params.id)
    db.prepare('DELETE FROM search WHERE rowid IN (SELECT id FROM messages WHERE account_id = $id)').run(
      params,
    )
    db.prepare('DELETE FROM thread_ids WHERE account_id = $id').run(params)
    db.prepare('DELETE FROM accounts WHERE id = $id').run(params)
    return files
  }),
}
