import type { ReactNode } from 'react'
import type { CardActivity, CardCertificate, CardToken } from '../../app/contract/index.ts'
import { useNow } from '../data/index.ts'
import { fullDate, personName, t } from '../i18n/index.ts'

const warnDays = 60
const day = 24 * 3_600_000

const Fact = ({ name, children }: { name: string; children: ReactNode }) =>
  children === null || children === '' ? null : (
    <div className="card-fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )

const activityLine = ({ organisation, structureId, sector }: CardActivity): string =>
  [
    organisation,
    structureId === null ? null : t('ownCard.structure', { id: structureId }),
    sector === null ? null : t('ownCard.sector', { code: sector }),
  ]
    .filter((part) => part !== null)
    .join(' · ')

/** Whether a certificate needs a word to its holder. */
const isWorrying = (certificate: CardCertificate | null, now: Date): boolean =>
  certificate === null ||
  certificate.validity !== 'valid' ||
  Date.parse(certificate.notAfter) - now.getTime() < warnDays * day

const validitySentence = (certificate: CardCertificate | null, now: Date): string => {
  if (certificate === null) return t('ownCard.validity-none')
  const { validity, notBefore, notAfter } = certificate
  if (validity === 'revoked') return t('ownCard.validity-revoked')
  if (validity === 'not-yet-valid') return t('ownCard.validity-not-yet-valid', { date: fullDate(notBefore) })
  const date = fullDate(notAfter)
  if (validity === 'expired') return t('ownCard.validity-expired', { date })
  return t(isWorrying(certificate, now) ? 'ownCard.validity-soon' : 'ownCard.validity-valid', { date })
}

/** Whose card it is, as its certificates and data objects say. */
export const CardIdentity = ({ token }: { token: CardToken }) => {
  const now = useNow()
  const { holder } = token
  return (
    <div className="card-facts">
      <section aria-labelledby="card-holder">
        <h3 id="card-holder">{t('ownCard.identity')}</h3>
        {holder ? (
          <dl>
            <Fact name={t('ownCard.name')}>{personName(holder)}</Fact>
            <Fact name={holder.rpps ? t('ownCard.rpps') : t('ownCard.nationalId')}>
              {holder.rpps ?? holder.nationalId}
            </Fact>
            <Fact name={t('ownCard.profession')}>{holder.profession}</Fact>
            <Fact name={t('ownCard.specialty')}>{holder.specialty}</Fact>
            <Fact name={t('ownCard.organisation')}>{holder.organisation}</Fact>
            <Fact name={t('ownCard.activities')}>
              {holder.activities.length > 0 ? (
                <ul>
                  {holder.activities.map((activity) => (
                    <li key={activity.number}>
                      {activityLine(activity) || t('ownCard.activity', { number: activity.number })}
                    </li>
                  ))}
                </ul>
              ) : (
                <span className="muted">{t('ownCard.activitiesLater')}</span>
              )}
            </Fact>
          </dl>
        ) : (
          <p>{t('ownCard.nobody')}</p>
        )}
      </section>
      <section aria-labelledby="card-itself">
        <h3 id="card-itself">{t('ownCard.cardPart')}</h3>
        <dl>
          <Fact name={t('ownCard.kind')}>
            {holder?.cardKind ? t(`ownCard.kind-${holder.cardKind}`) : null}
          </Fact>
          <Fact name={t('ownCard.serial')}>{token.serial}</Fact>
          <Fact name={t('ownCard.label')}>{token.label}</Fact>
          <Fact name={t('ownCard.reader')}>
            {token.pinPad ? `${token.reader} · ${t('ownCard.pinPad')}` : token.reader}
          </Fact>
          {(['authentication', 'signature'] as const).map((purpose) => (
            <Fact key={purpose} name={t(`ownCard.certificate-${purpose}`)}>
              <span data-tone={isWorrying(token[purpose], now) ? 'warn' : undefined}>
                {validitySentence(token[purpose], now)}
              </span>
            </Fact>
          ))}
        </dl>
      </section>
    </div>
  )
}
