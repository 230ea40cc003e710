import { useState } from 'react'
import { invoke } from '../client/index.ts'
import { Button, showError, showToast, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'

/** Looks for missing certificates in the LDAP directory; what was found is checked like any other. */
export const CertificateSearch = ({
  addresses,
  onFound,
}: {
  addresses: readonly string[]
  onFound: () => void
}) => {
  const [asking, setAsking] = useState(false)
  const search = async (): Promise<void> => {
    setAsking(true)
    const outcome = await invoke('directory.fetchCertificates', { addresses: addresses.slice(0, 50) })
    setAsking(false)
    if (!outcome.ok) return showError(outcome.error)
    showToast({ text: t('directory.fetchedCertificates', { count: outcome.value.found.length }) })
    if (outcome.value.found.length > 0) onFound()
  }
  return (
    <Button size="small" variant="link" onPress={() => search()} isDisabled={asking}>
      {asking ? <Spinner label={t('directory.fetchCertificates')} /> : null}{' '}
      {t('directory.fetchCertificates')}
    </Button>
  )
}
