import { fail, ok, type CoreMethod, type Input, type Outcome, type Output } from './contract/index.ts'
import type { DocumentWriting, GivenContent } from './mssante/index.ts'
import type { Uploads } from './reading/index.ts'
import { uploadedBytes } from './uploaded-bytes.ts'
import type { Vault } from './vault/index.ts'

type Method = Extract<CoreMethod, `draftDocuments.${string}` | `documentAuthor.${string}`>
type Handlers = { [M in Method]: (input: Input<M>) => Promise<Outcome<Output<M>>> }

const largest = 60 * 1024 * 1024
const mostPicturesBytes = 120 * 1024 * 1024

/** The calls of contract/documents-sent.ts. */
export const documentWritingHandlers = (deps: {
  writing: DocumentWriting
  uploads: Uploads
  vault: Vault
}): Handlers => {
  const { documents, authors } = deps.writing
  const given = async (content: Input<'draftDocuments.add'>['content']): Promise<Outcome<GivenContent>> => {
    if ('text' in content) return ok({ kind: 'text', text: content.text })
    const bytes = await uploadedBytes(deps, content.uploadId, largest)
    return bytes.ok ? ok({ kind: 'file', fileName: content.fileName, bytes: bytes.value }) : bytes
  }
  return {
    'draftDocuments.get': ({ draftId }) => documents.get(draftId),
    'draftDocuments.types': () => documents.types(),
    'draftDocuments.add': async ({ draftId, content, patient, details }) => {
      const read = await given(content)
      return read.ok ? documents.add(draftId, read.value, { patient, details }) : read
    },
    'draftDocuments.change': ({ draftId, documentId, patient, details }) =>
      documents.change(draftId, documentId, { patient, details }),
    'draftDocuments.replaceContent': async ({ draftId, documentId, content }) => {
      const read = await given(content)
      return read.ok ? documents.replaceContent(draftId, documentId, read.value) : read
    },
    'draftDocuments.convert': async ({ draftId, documentId, pages }) => {
      const pictures: Uint8Array[] = []
      let size = 0
      for (const uploadId of pages) {
        const bytes = await uploadedBytes(deps, uploadId, largest)
        if (!bytes.ok) return bytes
        size += bytes.value.byteLength
        if (size > mostPicturesBytes)
          return fail('compose.too-large', { details: { limit: mostPicturesBytes } })
        pictures.push(bytes.value)
      }
      return documents.convert(draftId, documentId, pictures)
    },
    'draftDocuments.remove': ({ draftId, documentId }) => documents.remove(draftId, documentId),
    'documentAuthor.get': ({ accountId }) => authors.propose(accountId),
    'documentAuthor.set': ({ accountId, author }) => authors.set(accountId, author),
  }
}
