import { useState } from 'react'
import type { OwnKey } from '../../app/contract/index.ts'
import { certificateOwner } from '../certificates/index.ts'
import { Button, Chip, Confirmation } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'
import { CertificateFacts } from './certificate-facts.tsx'

/** Keys of one's own: what each is for, until when, which is in service; deleting one is asked about plainly. */
export const OwnKeyList = ({
  keys,
  now,
  onRemove,
}: {
  keys: readonly OwnKey[]
  now: Date
  onRemove: (key: OwnKey) => void
}) => {
  const [leaving, setLeaving] = useState<OwnKey | null>(null)
  return (
    <>
      <ul className="certificate-list" aria-label={t('settings.ownKeys')}>
        {keys.map((key) => (
          <li key={key.certificate.fingerprint}>
            <CertificateFacts
              certificate={key.certificate}
              uses={key.uses}
              now={now}
              state={
                <Chip tone={key.current ? 'ok' : 'neutral'}>
                  {t(key.current ? 'certificates.keyCurrent' : 'certificates.keyFormer')}
                </Chip>
              }
            />
            <span className="certificate-actions">
              <Button
                size="small"
                aria-label={t('certificates.removeKeyOf', {
                  owner: certificateOwner(key.certificate),
                  date: fullDate(key.certificate.notAfter),
                })}
                onPress={() => setLeaving(key)}
              >
                {t('certificates.removeKey')}
              </Button>
            </span>
          </li>
        ))}
      </ul>
      <Confirmation
        title={t('certificates.removeKeyTitle')}
        confirm={t('certificates.removeKeyConfirm')}
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        onConfirm={() => {
          if (leaving) onRemove(leaving)
          setLeaving(null)
        }}
      >
        <p>
          <b>{leaving ? certificateOwner(leaving.certificate) : ''}</b>
        </p>
        <p>{t('certificates.removeKeyText')}</p>
      </Confirmation>
    </>
  )
}
