import { Copy } from 'lucide-react'
import type { ReactNode } from 'react'
import type { InspectedPart, MessageInspection, SignatureVerdict } from '../../app/contract/index.ts'
import { Button, Chip, showToast } from '../design/index.ts'
import { dateTime, size, t } from '../i18n/index.ts'
import {
  EncryptionChip,
  EncryptionExplained,
  HeadersExplained,
  SignatureChip,
  SignatureExplained,
} from '../reading/index.ts'

const Part = ({ name, title, children }: { name: string; title: string; children: ReactNode }) => (
  <section aria-labelledby={`inspection-${name}`}>
    <h3 id={`inspection-${name}`}>{title}</h3>
    {children}
  </section>
)

const pathName = (path: string): string => (path === '' ? t('inspection.root') : path)

const VerdictChip = ({ verdict }: { verdict: SignatureVerdict }) =>
  verdict === 'none' ? null : (
    <Chip
      tone={verdict === 'valid' ? 'ok' : verdict === 'invalid' || verdict === 'untrusted' ? 'alert' : 'warn'}
    >
      {t(`inspection.verdict-${verdict}`)}
    </Chip>
  )

const Facts = ({ facts }: { facts: readonly (readonly [string, string | null])[] }) => (
  <dl className="inspection-facts">
    {facts.map(([label, value]) => (
      <div key={label}>
        <dt>{label}</dt>
        <dd>{value ?? <span className="muted">{t('inspection.none')}</span>}</dd>
      </div>
    ))}
  </dl>
)

const Node = ({ part }: { part: InspectedPart }) => (
  <li>
    <span className="mono small">{pathName(part.path)}</span> {part.contentType}
    {part.fileName !== null && ` « ${part.fileName} »`}{' '}
    <span className="muted small">
      {[part.encoding, part.charset, size(part.size)].filter(Boolean).join(' · ')}
    </span>{' '}
    {part.protection.decrypted && <Chip>{t('inspection.decrypted')}</Chip>}{' '}
    <VerdictChip verdict={part.protection.signature} />
    {part.parts.length > 0 && (
      <ul>
        {part.parts.map((child) => (
          <Node key={child.path} part={child} />
        ))}
      </ul>
    )}
  </li>
)

const Layers = ({ layers }: { layers: MessageInspection['layers'] }) => (
  <ol className="inspection-list">
    {layers.map((layer, index) => (
      <li key={index}>
        {layer.kind === 'signature' ? (
          <>
            {t('inspection.layerSignature', { form: layer.form })}{' '}
            <SignatureChip signature={layer.signature} />
          </>
        ) : (
          <>
            {t('inspection.layerEncryption', { algorithm: layer.algorithm ?? '' })}{' '}
            <EncryptionChip encryption={layer.encryption} />{' '}
            <span className="muted small">
              {t('inspection.recipients', {
                count: layer.recipients.length,
                ours: String(layer.recipients.some(({ ours }) => ours)),
              })}
            </span>
          </>
        )}
      </li>
    ))}
  </ol>
)

const copy = async (text: string): Promise<void> => {
  try {
    await navigator.clipboard.writeText(text)
    showToast({ text: t('inspection.copied') })
  } catch {
    showToast({ text: t('inspection.copyFailed'), tone: 'error' })
  }
}

/** The inspection of a message, section by section, then as the JSON that the command prints. */
export const InspectionReport = ({ inspection }: { inspection: MessageInspection }) => {
  const { headers, shown, signature, encryption, headerProtection, layers, parts } = inspection
  const json = JSON.stringify(inspection, null, 2)
  return (
    <div className="inspection-report">
      <Part name="verdict" title={t('inspection.verdict')}>
        <p className="inspection-chips">
          <SignatureChip signature={signature} />
          <EncryptionChip encryption={encryption} />
        </p>
        <div className="security-details">
          <SignatureExplained signature={signature} />
          <EncryptionExplained encryption={encryption} />
          <HeadersExplained protection={headerProtection} />
          {inspection.foreignProtection === 'openpgp' && <p>{t('inspection.openpgp')}</p>}
        </div>
      </Part>
      <Part name="headers" title={t('inspection.headers')}>
        <Facts
          facts={[
            [t('inspection.from'), headers.from],
            [t('inspection.to'), headers.to.join(', ') || null],
            [t('inspection.cc'), headers.cc.join(', ') || null],
            [t('inspection.subject'), headers.subject || null],
            ...(shown.subject === headers.subject
              ? []
              : [[t('inspection.shownSubject'), shown.subject] as const]),
            [t('inspection.date'), headers.date === null ? null : dateTime(headers.date)],
            [t('inspection.messageId'), headers.messageId],
            [t('inspection.size'), size(inspection.size)],
            [t('inspection.judgedAt'), dateTime(inspection.judgedAt)],
          ]}
        />
      </Part>
      {layers.length > 0 && (
        <Part name="layers" title={t('inspection.layers')}>
          <Layers layers={layers} />
        </Part>
      )}
      {parts.length > 0 && (
        <Part name="parts" title={t('inspection.parts')}>
          <ul className="inspection-list">
            {parts.map((part) => (
              <li key={part.path}>
                {t('inspection.part', { path: pathName(part.path) })}
                {part.forwardedFrom !== null &&
                  ` · ${t('inspection.partForwarded', { address: part.forwardedFrom })}`}{' '}
                {part.encrypted ? (
                  <Chip tone="warn">{t('inspection.partEncrypted')}</Chip>
                ) : (
                  <SignatureChip signature={part.signature} />
                )}
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part name="displayed" title={t('inspection.displayed')}>
        {inspection.displayed.length === 0 && <p className="muted">{t('inspection.nothingDisplayed')}</p>}
        {inspection.displayed.map((piece) => (
          <figure key={piece.path} className="inspection-text">
            <figcaption className="inspection-chips small">
              <span className="muted">{t('inspection.part', { path: pathName(piece.path) })}</span>
              {piece.decrypted && <Chip>{t('inspection.decrypted')}</Chip>}
              <VerdictChip verdict={piece.signature} />
            </figcaption>
            <pre>{piece.text}</pre>
          </figure>
        ))}
        {inspection.displayed.some(({ format }) => format === 'html') && (
          <p className="muted small">{t('inspection.extracted')}</p>
        )}
      </Part>
      <Part name="tree" title={t('inspection.tree')}>
        <ul className="inspection-tree">
          <Node part={inspection.tree} />
        </ul>
      </Part>
      {inspection.attachments.length > 0 && (
        <Part name="attachments" title={t('inspection.attachments')}>
          <ul className="inspection-list">
            {inspection.attachments.map((attachment) => (
              <li key={attachment.path}>
                {attachment.fileName ?? t('inspection.part', { path: pathName(attachment.path) })}{' '}
                <span className="muted small">
                  {attachment.contentType} · {size(attachment.size)}
                </span>{' '}
                <VerdictChip verdict={attachment.signature} />
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part name="remote" title={t('inspection.remote')}>
        {inspection.remoteReferences.length === 0 ? (
          <p className="muted">{t('inspection.noRemote')}</p>
        ) : (
          <ul className="inspection-list mono small">
            {inspection.remoteReferences.map((address) => (
              <li key={address}>{address}</li>
            ))}
          </ul>
        )}
      </Part>
      <details className="inspection-json">
        <summary>{t('inspection.report')}</summary>
        <div>
          <Button size="small" onPress={() => copy(json)}>
            <Copy aria-hidden="true" /> {t('inspection.copy')}
          </Button>
        </div>
        <pre className="source" tabIndex={0} role="region" aria-label={t('inspection.reportLabel')}>
          {json}
        </pre>
      </details>
    </div>
  )
}
