import { GitCompareArrows } from 'lucide-react'
import { useState } from 'react'
import type { IdentityRecord, Proposal } from '../../app/contract/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Button, Dialog, Segments, showError, showToast } from '../design/index.ts'
import { spacedMatricule } from '../documents/index.ts'
import { fullDate, patientName, t } from '../i18n/index.ts'
import { differingPart, traits } from './identity-words.ts'
import { InsStatusChip } from './ins-status.tsx'
import './patients.css'

const Value = ({ text, other }: { text: string | null; other: string | null }) => {
  if (text === null) return <span className="muted">{t('patients.none')}</span>
  const part = other === null ? null : differingPart(text, other)
  if (part === null) return <>{text}</>
  return (
    <>
      {text.slice(0, part.start)}
      {part.end > part.start ? <mark>{text.slice(part.start, part.end)}</mark> : null}
      {text.slice(part.end)}
    </>
  )
}

const shown = (key: string, text: string | null): string | null =>
  key === 'matricule' && text !== null ? spacedMatricule(text) : text

/** Two identities trait by trait, what differs highlighted and said. */
const ComparedIdentities = ({ one, other }: { one: IdentityRecord; other: IdentityRecord }) => (
  <table className="compared">
    <thead>
      <tr>
        <th scope="col">{t('patients.trait')}</th>
        <th scope="col">{t('patients.thisOne')}</th>
        <th scope="col">{t('patients.otherOne')}</th>
      </tr>
    </thead>
    <tbody>
      {traits().map(({ key, label, of }) => {
        const [left, right] = [shown(key, of(one)), shown(key, of(other))]
        if (left === null && right === null) return null
        // What one side does not say is no difference.
        const differs = left !== null && right !== null && left !== right
        return (
          <tr key={key} data-differs={differs}>
            <th scope="row">
              {label}
              {differs ? <span className="compared-word"> · {t('patients.different')}</span> : null}
            </th>
            <td className={key === 'matricule' ? 'mono' : undefined}>
              <Value text={left} other={right} />
            </td>
            <td className={key === 'matricule' ? 'mono' : undefined}>
              <Value text={right} other={left} />
            </td>
          </tr>
        )
      })}
      <tr>
        <th scope="row">INS</th>
        <td>
          <InsStatusChip status={one.insStatus} />
        </td>
        <td>
          <InsStatusChip status={other.insStatus} />
        </td>
      </tr>
      <tr>
        <th scope="row">{t('patients.timeline')}</th>
        {[one, other].map((identity) => (
          <td key={identity.id}>
            {t('patients.exchangeCount', { count: identity.messageCount })}
            {identity.lastAt ? ` · ${fullDate(identity.lastAt)}` : ''}
          </td>
        ))}
      </tr>
    </tbody>
  </table>
)

/** Where two people may be behind one number, or one name. */
const alarming: ReadonlySet<Proposal['reason']> = new Set(['same-ins-other-traits', 'same-names-other-sex'])

/** « Est-ce la même personne ? »: the visual comparison that decides on a proposal (MSS/va1.27). */
export const CompareDialog = ({ proposal, onClose }: { proposal: Proposal | null; onClose: () => void }) => {
  const [keep, setKeep] = useState<'one' | 'other'>('one')
  if (!proposal) return null
  const decide = async (same: boolean): Promise<void> => {
    const outcome = await invoke('patients.decide', {
      proposalId: proposal.id,
      same,
      keep: same ? proposal[keep].id : null,
    })
    if (!outcome.ok) return showError(outcome.error)
    showToast({ text: t(same ? 'patients.joined' : 'patients.keptApart') })
    onClose()
  }
  return (
    <Dialog
      title={t('patients.compareTitle')}
      isOpen
      onClose={onClose}
      width="wide"
      actions={
        <>
          <Button onPress={() => decide(false)}>{t('patients.apart')}</Button>
          <Button variant="primary" onPress={() => decide(true)}>
            <GitCompareArrows aria-hidden="true" /> {t('patients.same')}
          </Button>
        </>
      }
    >
      <Banner
        tone={alarming.has(proposal.reason) ? 'error' : 'warn'}
        title={t(`patients.reason-${proposal.reason}`)}
      >
        <p>{t('patients.compareText')}</p>
      </Banner>
      <ComparedIdentities one={proposal.one} other={proposal.other} />
      <Segments
        label={t('patients.keep')}
        value={keep}
        options={[
          { value: 'one', label: t('patients.keepThis', { name: patientName(proposal.one) }) },
          { value: 'other', label: t('patients.keepOther', { name: patientName(proposal.other) }) },
        ]}
        onChange={setKeep}
      />
    </Dialog>
  )
}
