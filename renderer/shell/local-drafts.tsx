import type { Draft } from '../../app/contract/index.ts'
import { Button } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'

const recipientsOf = ({ content }: Draft): string =>
  [...content.to, ...content.cc, ...content.bcc].map(({ name, address }) => name || address).join(', ')

/** What is being written on this workstation, above the server's folder of drafts: each opens where it was left. */
export const LocalDrafts = ({
  drafts,
  onOpen,
}: {
  drafts: readonly Draft[]
  onOpen: (draftId: number) => void
}) => (
  <section className="local-drafts" aria-label={t('shell.localDrafts')}>
    <h2 className="small">{t('shell.localDrafts')}</h2>
    <ul>
      {drafts.map((draft) => (
        <li key={draft.id}>
          <Button variant="quiet" onPress={() => onOpen(draft.id)}>
            <span className="local-draft-words">
              <b>{draft.content.subject || t('mailbox.noSubject')}</b>
              <span className="muted small">
                {recipientsOf(draft) || t('shell.draftToNobody')} · {dateTime(draft.savedAt)}
              </span>
            </span>
          </Button>
        </li>
      ))}
    </ul>
  </section>
)
