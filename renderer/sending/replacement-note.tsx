import type { MessageDelivery } from '../../app/contract/index.ts'
import { openMessage } from '../data/index.ts'
import { Banner, Button } from '../design/index.ts'
import { dateTime, t } from '../i18n/index.ts'

/** « Annule et remplace »: which message this one replaces, or is replaced by, and the way to it. */
export const ReplacementNote = ({ sent }: { sent: MessageDelivery }) => (
  <>
    {([sent.replacedBy, sent.replaces] as const).map((linked, index) =>
      linked === null ? null : (
        <Banner
          key={index}
          tone={index === 0 ? 'warn' : 'info'}
          title={t(index === 0 ? 'sending.replacedByMessage' : 'sending.replacesMessage', {
            subject: linked.subject || t('mailbox.noSubject'),
            date: dateTime(linked.date),
          })}
          actions={
            <Button size="small" onPress={() => openMessage(linked.id)}>
              {t('sending.openLinked')}
            </Button>
          }
        />
      ),
    )}
  </>
)
