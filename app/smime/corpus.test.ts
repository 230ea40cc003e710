import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readAnchors } from './anchors.ts'
import { openMessage, type OpenedMessage } from './open.ts'
import { importP12 } from './p12.ts'
import { now, trustIn, value } from './smime.fixture.ts'

/** Sample messages on this machine only; they are never part of the project. */
const corpus = '/work/shared/corpus/mail/smime'
const selfmade = path.join(corpus, 'selfmade')
const present = existsSync(path.join(selfmade, 'expected.tsv'))
const read = (name: string): Uint8Array => new Uint8Array(readFileSync(path.join(selfmade, name)))

/** The address of a plain From field; the strict parser is app/mail's. */
const fromOf = (raw: Uint8Array): string[] => {
  const header =
    Buffer.from(raw)
      .toString('latin1')
      .split(/\r?\n\r?\n/)[0] ?? ''
  const field = /^from:((?:.*)(?:\r?\n[ \t].*)*)/im.exec(header)?.[1] ?? ''
  const bare = field.replace(/\([^)]*\)/g, '').replace(/"(?:[^"\\]|\\.)*"/g, '')
  return [...bare.matchAll(/<([^<>\s]+@[^<>\s]+)>|([^\s<>,;:]+@[^\s<>,;:]+)/g)].map((m) => m[1] ?? m[2] ?? '')
}

const openSample = async (name: string): Promise<OpenedMessage> => {
  const anchors = ['root', 'intermediate'].flatMap((one) => value(readAnchors(read(`pki/${one}.crt.pem`))))
  const bob = value(importP12(read('pki/bob.p12'), 'geheim'))
  const raw = read(name)
  return openMessage(raw, { fromAddresses: fromOf(raw), now, trust: trustIn(anchors), keys: [bob] })
}

const rows = present
  ? Buffer.from(read('expected.tsv'))
      .toString()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
  : [['none', '', '', '']]

test.skipIf(!present).each(rows)('%s: %s / %s', async (file = '', signature = '', encryption = '') => {
  const { signature: found, encryption: opened } = await openSample(file)
  const summary = JSON.stringify({ found, opened })
  if (signature.startsWith('valid:')) {
    expect(found.status, summary).toBe('valid')
  } else if (signature.startsWith('partial')) {
    expect(found.status === 'none' || found.status === 'invalid' || found.scope === 'part', summary).toBe(
      true,
    )
  } else if (signature.startsWith('not valid for the manager')) {
    const holder = found.status === 'valid' ? found.signer.emails.join() : ''
    expect(holder, summary).not.toContain('manager')
  } else if (!signature.startsWith('valid or')) {
    expect(found.status, summary).not.toBe('valid')
  }
  if (encryption.startsWith('decrypts')) expect(opened.status, summary).toBe('decrypted')
  else if (encryption === 'none') expect(opened.status, summary).toBe('none')
  else expect(opened.status, summary).toBe('failed')
})

test.skipIf(!present)('every other sample is judged without a crash', async () => {
  const trust = trustIn([])
  const files = readdirSync(corpus, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  for (const entry of files) {
    const raw = new Uint8Array(readFileSync(path.join(entry.parentPath, entry.name)))
    const opened = await openMessage(raw, { fromAddresses: fromOf(raw), now, trust, keys: [] })
    expect(opened.signature.status, entry.name).not.toBe('valid')
  }
})
