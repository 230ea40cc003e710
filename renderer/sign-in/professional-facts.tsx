import type { Professional, Situation } from '../../app/contract/index.ts'
import { t } from '../i18n/index.ts'

const professions = [
  '10',
  '21',
  '26',
  '28',
  '31',
  '40',
  '50',
  '60',
  '70',
  '80',
  '86',
  '91',
  '92',
  '94',
  '95',
  '96',
  '98',
] as const
const modes = ['L', 'S', 'B'] as const

const professionName = (code: string): string => {
  const known = professions.find((one) => one === code)
  return known ? t(`signIn.profession-${known}`) : t('signIn.professionCode', { code })
}

const situationLine = ({ organisation, mode }: Situation): string => {
  const place = organisation ?? t('signIn.unknownPlace')
  const known = modes.find((one) => one === mode)
  return known ? t('signIn.situation', { organisation: place, mode: t(`signIn.mode-${known}`) }) : place
}

/** What Pro Santé Connect says of the professional (SC.SSI/IE.33). */
export const ProfessionalFacts = ({ professional }: { professional: Professional }) => (
  <dl className="sign-in-facts">
    <div>
      <dt>{professional.rpps ? t('signIn.rpps') : t('signIn.nationalId')}</dt>
      <dd className="tabular">{professional.rpps ?? professional.nationalId}</dd>
    </div>
    {professional.professionCode ? (
      <div>
        <dt>{t('signIn.profession')}</dt>
        <dd>{professionName(professional.professionCode)}</dd>
      </div>
    ) : null}
    {professional.situations.length > 0 ? (
      <div>
        <dt>{t('signIn.situations')}</dt>
        <dd>
          <ul>
            {professional.situations.map((situation, index) => (
              <li key={index}>{situationLine(situation)}</li>
            ))}
          </ul>
        </dd>
      </div>
    ) : null}
  </dl>
)
