import { FilePlus2 } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type {
  AppError,
  CodeChoice,
  DocumentPatient,
  DraftDocument,
  DraftId,
  MessageId,
  PatientId,
  Outcome,
} from '../../app/contract/index.ts'
import { fail } from '../../app/contract/index.ts'
import { invoke, uploadFile } from '../client/index.ts'
import { Banner, Button, Dialog, ErrorBanner, Progress } from '../design/index.ts'
import { PdfView } from '../documents/index.ts'
import { t } from '../i18n/index.ts'
import { AuthorDialog } from './author-form.tsx'
import { DocumentDialog, type DocumentWish, type Given } from './document-dialog.tsx'
import { fromIndex } from './document-patient.ts'
import { DocumentTiles, type DocumentAction } from './document-tiles.tsx'
import type { MedicalState } from './medical-state.ts'
import { streamPagePictures } from './page-pictures.ts'
import './medical.css'

type Content = { uploadId: string; fileName: string; mimeType: string } | { text: string }

const contentOf = async (given: Given): Promise<Outcome<Content>> => {
  if (given === null) return fail('contract.invalid-request')
  if ('text' in given) return { ok: true, value: { text: given.text } }
  const { file } = given
  const uploadId = crypto.randomUUID()
  const sent = await uploadFile(file, uploadId, () => undefined, new AbortController().signal)
  if (!sent.ok) return sent
  return {
    ok: true,
    value: {
      uploadId,
      fileName: file.name.slice(0, 255) || 'document',
      mimeType: file.type.slice(0, 200) || 'application/octet-stream',
    },
  }
}

interface Choices {
  types: CodeChoice[]
  recent: string[]
  authorKnown: boolean
}

/** What the dialog offers, asked when it opens: types, the author of this mailbox, the patients of the message answered. */
const useChoices = (
  accountId: number,
  sourceId: MessageId | null,
  aboutPatient: PatientId | null,
  open: boolean,
) => {
  const [choices, setChoices] = useState<Choices>({ types: [], recent: [], authorKnown: true })
  const [found, setFound] = useState<{ of: string; proposals: DocumentPatient[] } | null>(null)
  // Of this message and this patient: another's would be a wrong name on a document.
  const of = JSON.stringify([sourceId, aboutPatient])
  const load = useCallback(async (): Promise<void> => {
    const [types, author] = await Promise.all([
      invoke('draftDocuments.types', null),
      invoke('documentAuthor.get', { accountId }),
    ])
    setChoices({
      types: types.ok ? types.value.types : [],
      recent: types.ok ? types.value.recent : [],
      authorKnown: author.ok && author.value.confirmed,
    })
  }, [accountId])
  useEffect(() => {
    if (!open) return undefined
    let current = true
    const ask = async (): Promise<void> => {
      await load()
      const about =
        aboutPatient === null ? null : await invoke('patients.get', { id: aboutPatient, limit: 1 })
      const patients = sourceId === null ? null : await invoke('patients.ofMessage', { messageId: sourceId })
      if (current)
        setFound({
          of,
          proposals: [
            ...(about?.ok ? [about.value.patient] : []),
            ...(patients?.ok ? patients.value.patients.map(({ patient }) => patient) : []),
          ]
            .filter((one, index, all) => all.findIndex(({ id }) => id === one.id) === index)
            .map(fromIndex),
        })
    }
    void ask()
    return () => {
      current = false
    }
  }, [open, sourceId, aboutPatient, of, load])
  return { choices, proposals: found?.of === of ? found.proposals : null, reload: load }
}

/**
 * The medical documents of a draft in its composer: the button, their tiles, and the dialogs to make, change, look at and
 * convert them.
 */
export const MedicalDocuments = ({
  draftId,
  accountId,
  sourceId,
  aboutPatient,
  state,
}: {
  draftId: DraftId
  accountId: number
  /** The message answered: its patient is proposed. */
  sourceId: MessageId | null
  /** Whom the message is said to be about, else. */
  aboutPatient: PatientId | null
  state: MedicalState
}) => {
  const { medical, error, dismiss, take } = state
  const [editing, setEditing] = useState<{ former: DraftDocument | null } | null>(null)
  const [looking, setLooking] = useState<DraftDocument | null>(null)
  const [asksAuthor, setAsksAuthor] = useState(false)
  const [converting, setConverting] = useState<{ done: number; total: number } | null>(null)
  const [failed, setFailed] = useState<AppError | null>(null)
  const { choices, proposals, reload } = useChoices(
    accountId,
    sourceId,
    aboutPatient,
    editing !== null || medical !== null,
  )

  const finish = async (wish: DocumentWish): Promise<boolean> => {
    setFailed(null)
    const former = editing?.former ?? null
    const refuse = (outcome: Outcome<unknown>): boolean => {
      if (!outcome.ok) setFailed(outcome.error)
      return false
    }
    if (former && wish.patient && wish.details) {
      const changed = await invoke('draftDocuments.change', {
        draftId,
        documentId: former.id,
        patient: wish.patient,
        details: wish.details,
      })
      if (!changed.ok) return refuse(changed)
      take(changed)
      if (wish.given) {
        const content = await contentOf(wish.given)
        if (!content.ok) return refuse(content)
        const replaced = await invoke('draftDocuments.replaceContent', {
          draftId,
          documentId: former.id,
          content: content.value,
        })
        if (!replaced.ok) return refuse(replaced)
        take(replaced)
      }
    } else {
      const content = await contentOf(wish.given)
      if (!content.ok) return refuse(content)
      const added = await invoke('draftDocuments.add', {
        draftId,
        content: content.value,
        patient: wish.patient,
        details: wish.details,
      })
      if (!added.ok) return refuse(added)
      take(added)
    }
    setEditing(null)
    return true
  }

  const convert = async (document: DraftDocument): Promise<void> => {
    setConverting({ done: 0, total: Math.max(document.pdf.pages, 1) })
    const pages = await streamPagePictures(document.pdf.url, (done, total) => setConverting({ done, total }))
    if (pages.ok)
      take(await invoke('draftDocuments.convert', { draftId, documentId: document.id, pages: pages.value }))
    else setFailed(pages.error)
    setConverting(null)
  }

  const act = (document: DraftDocument, action: DocumentAction): void => {
    setFailed(null)
    if (action === 'preview') setLooking(document)
    else if (action === 'change') setEditing({ former: document })
    else if (action === 'convert') void convert(document)
    else void invoke('draftDocuments.remove', { draftId, documentId: document.id }).then(take)
  }

  const labelOf = (code: string): string => choices.types.find((type) => type.code === code)?.label ?? code
  const documents = medical?.documents ?? []
  const shownError = failed ?? error
  return (
    <>
      {medical && documents.length > 0 && (
        <DocumentTiles medical={medical} labelOf={labelOf} onAction={act} />
      )}
      {converting && (
        <Progress
          label={t('medical.converting', converting)}
          done={converting.done}
          total={converting.total}
        />
      )}
      {shownError && editing === null && <ErrorBanner error={shownError} />}
      <Button size="small" onPress={() => setEditing({ former: null })}>
        <FilePlus2 aria-hidden="true" />
        {t('medical.add')}
      </Button>
      <DocumentDialog
        isOpen={editing !== null}
        former={editing?.former ?? null}
        patient={documents.length > 0 ? (medical?.patient ?? null) : null}
        proposals={proposals}
        types={choices.types}
        recent={choices.recent}
        authorKnown={choices.authorKnown}
        error={failed}
        onAuthor={() => setAsksAuthor(true)}
        onDone={finish}
        onClose={() => {
          setEditing(null)
          setFailed(null)
          dismiss()
        }}
      />
      <AuthorDialog
        accountId={accountId}
        isOpen={asksAuthor}
        onClose={() => setAsksAuthor(false)}
        onSaved={() => {
          setAsksAuthor(false)
          void reload()
          // Letters that are there already get the heading they lacked.
          const [first] = documents
          if (first && medical?.patient)
            void invoke('draftDocuments.change', {
              draftId,
              documentId: first.id,
              patient: medical.patient,
              details: first.details,
            }).then(take)
        }}
      />
      <Dialog
        title={looking?.details.title ?? ''}
        isOpen={looking !== null}
        onClose={() => setLooking(null)}
        width="page"
      >
        {looking && (
          <>
            {looking.pdf.state === 'not-pdfa' && (
              <Banner tone="warn" title={t('medical.notPdfaTitle')}>
                <p>{t('medical.notPdfaWhy')}</p>
                <ul className="small">
                  {looking.pdf.findings.map((finding) => (
                    <li key={finding}>{t(`medical.pdfa_${finding}`)}</li>
                  ))}
                </ul>
              </Banner>
            )}
            <PdfView
              url={looking.pdf.url}
              title={looking.details.title}
              // A link in a letter that is not sent yet leads nowhere from here.
              openLink={() => undefined}
            />
          </>
        )}
      </Dialog>
    </>
  )
}
