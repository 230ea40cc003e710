import { Dialog as AriaDialog, DialogTrigger, Popover } from 'react-aria-components'
import type { FileSignature, SignatureStatus } from '../../app/contract/index.ts'
import { Banner, Button } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { SignatureExplained } from './security-details.tsx'
import { SignatureChip } from './signature-chip.tsx'
import { sortReasons } from './trust.ts'
import './security.css'

/** Loud where the file cannot be relied on for what its signature says. */
const FileAlarm = ({ signature }: { signature: SignatureStatus }) => {
  const { status } = signature
  if (status !== 'untrusted' && status !== 'undecidable' && status !== 'invalid') return null
  const [worst] = sortReasons(signature.reasons)
  return (
    <Banner tone={status === 'undecidable' ? 'warn' : 'error'} title={t(`reading.fileAlarm_${status}`)}>
      <p>
        {worst && t(`reading.reason_${worst}`)} {t('reading.signatureInvalidTodo')}
      </p>
    </Banner>
  )
}

/** Who signed the file of a document, apart from the message: in words, with everything there is to know of it. */
export const FileSignatures = ({ signatures }: { signatures: readonly FileSignature[] }) =>
  signatures.map(({ form, fileName, signature }, index) => (
    <div key={index} className="file-signature">
      <p>
        <SignatureChip signature={signature} />{' '}
        <span className="small muted">{t(`reading.fileSignature_${form}`, { name: fileName })}</span>
        <DialogTrigger>
          <Button variant="link" size="small">
            {t('reading.details')}
          </Button>
          <Popover className="popover security-popover" placement="bottom start">
            <AriaDialog className="security-details" aria-label={t('reading.fileSignatureTitle')}>
              <h3>{t('reading.fileSignatureTitle')}</h3>
              <SignatureExplained signature={signature} />
            </AriaDialog>
          </Popover>
        </DialogTrigger>
      </p>
      <FileAlarm signature={signature} />
    </div>
  ))
