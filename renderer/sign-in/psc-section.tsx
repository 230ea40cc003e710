import { useState } from 'react'
import { invoke } from '../client/index.ts'
import { signInStore, useStore } from '../data/index.ts'
import { Button, Chip, showError, showToast } from '../design/index.ts'
import { clock, personName, t } from '../i18n/index.ts'
import { ProfessionalFacts } from './professional-facts.tsx'
import { SignInDialog } from './sign-in-dialog.tsx'

const forPsc = { address: '', auth: 'psc' } as const

/** Who is identified at Pro Santé Connect, until when, and the way out of it (SC.SSI/IE.38). Nothing where it is not used. */
export const PscSection = () => {
  const { ways, session, professional, awaySince } = useStore(signInStore)
  const [asking, setAsking] = useState(false)
  const [leaving, setLeaving] = useState(false)
  if (ways.length === 0) return null
  const signOut = async (): Promise<void> => {
    setLeaving(true)
    const answer = await invoke('signIn.signOut', null)
    setLeaving(false)
    if (!answer.ok) showError(answer.error)
    else
      showToast(
        answer.value.told
          ? { text: t('signIn.signOutDone') }
          : { text: t('signIn.signOutAlone'), tone: 'error' },
      )
  }
  const isOpen = session.state === 'open'
  const name = professional ? personName(professional) : null
  return (
    <section className="settings-section" aria-labelledby="settings-psc">
      <h3 id="settings-psc">{t('signIn.psc')}</h3>
      <div className="sign-in-section">
        <div className="sign-in-section-head">
          <b>
            {name === null
              ? t('signIn.notSigned')
              : t(isOpen ? 'signIn.signedAs' : 'signIn.lastSigned', { name })}
          </b>
          <Chip tone={awaySince ? 'alert' : isOpen ? 'ok' : 'neutral'}>
            {t(awaySince ? 'signIn.away' : isOpen ? 'signIn.open' : 'signIn.closed')}
          </Chip>
        </div>
        <p className="muted small">
          {session.state === 'open'
            ? t('signIn.signedInBy', {
                way: t(`signIn.by-${session.way}`),
                since: clock(session.since),
                end: clock(session.endsAt),
              })
            : t(`signIn.reason-${session.reason}`)}
        </p>
        {professional ? <ProfessionalFacts professional={professional} /> : null}
        <div className="settings-actions">
          {/* One button, never disabled: it keeps the keyboard while what it does changes. */}
          <Button
            size="small"
            onPress={() => {
              if (!isOpen) setAsking(true)
              else if (!leaving) void signOut()
            }}
          >
            {t(isOpen ? 'signIn.leave' : 'signIn.signIn')}
          </Button>
        </div>
      </div>
      <SignInDialog account={asking ? forPsc : null} onClose={() => setAsking(false)} />
    </section>
  )
}
