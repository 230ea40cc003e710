import { FileKey2, TriangleAlert } from 'lucide-react'
import { useState } from 'react'
import type { ClientCertificate, Input, Output } from '../../app/contract/index.ts'
import { P12File } from '../certificates/index.ts'
import { invoke } from '../client/index.ts'
import { Banner, Button, CardSurface, Segments } from '../design/index.ts'
import { fullDate, t } from '../i18n/index.ts'

export type ReadP12 = Output<'accounts.readP12'>
export type CertificateLogin = Extract<Input<'accounts.create'>['auth'], { kind: 'p12' }>['login']

const commonName = (subject: string): string => /(?:^|, )CN=([^,]*)/.exec(subject)?.[1] ?? subject

/** Whose certificate it is, until when, and what is wrong with it. */
export const CertificateFacts = ({ certificate }: { certificate: ClientCertificate }) => {
  const { certificate: facts, organisation, problems } = certificate
  return (
    <>
      <dl className="p12-facts">
        <dt>{t('accounts.p12Organisation')}</dt>
        <dd>{organisation ?? t('accounts.p12NoOrganisation')}</dd>
        <dt>{t('accounts.p12Subject')}</dt>
        <dd>{commonName(facts.subject)}</dd>
        <dt>{t('accounts.p12Issuer')}</dt>
        <dd>{commonName(facts.issuer)}</dd>
        <dt>{t('accounts.p12Until')}</dt>
        <dd>{fullDate(facts.notAfter)}</dd>
      </dl>
      {problems.length > 0 ? (
        <ul className="p12-problems">
          {problems.map((problem) => (
            <li key={problem} data-tone={problem === 'expires-soon' ? 'warn' : 'alert'}>
              <TriangleAlert aria-hidden="true" />
              {t(`accounts.p12-${problem}`)}
            </li>
          ))}
        </ul>
      ) : null}
    </>
  )
}

/** An organisation's certificate from its file: password, what it is, and how the servers are told who one is. */
export const P12Form = ({
  read,
  onRead,
  login,
  onLogin,
}: {
  read: ReadP12 | null
  onRead: (read: ReadP12 | null) => void
  login?: CertificateLogin
  /** Absent where the mailbox keeps what it has. */
  onLogin?: (login: CertificateLogin) => void
}) => {
  const [name, setName] = useState<string | null>(null)
  if (read)
    return (
      <CardSurface className="p12-card">
        <div className="p12-head">
          <FileKey2 aria-hidden="true" />
          <strong>{name ?? t('accounts.p12')}</strong>
          <Button variant="link" onPress={() => onRead(null)}>
            {t('accounts.p12Other')}
          </Button>
        </div>
        <CertificateFacts certificate={read} />
        {onLogin && login ? (
          <Segments
            label={t('accounts.p12Login')}
            value={login}
            options={(['automatic', 'address', 'empty', 'none'] as const).map((value) => ({
              value,
              label: t(`accounts.p12Login-${value}`),
            }))}
            onChange={onLogin}
          />
        ) : null}
        <Banner tone="info" title={t('accounts.p12Kept')} />
      </CardSurface>
    )
  return (
    <P12File
      words={{
        choose: t('accounts.p12Choose'),
        hint: t('accounts.p12ChooseHint'),
        open: t('accounts.p12Open'),
        opening: t('accounts.p12Reading'),
      }}
      open={(uploadId, passphrase) => invoke('accounts.readP12', { uploadId, passphrase })}
      onOpened={(opened, file) => {
        setName(file.name)
        onRead(opened)
      }}
      onChoose={() => onRead(null)}
      takesFocus={name !== null}
    />
  )
}
