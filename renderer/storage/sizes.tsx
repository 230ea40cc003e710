import type { Account, Folder, StorageOverview } from '../../app/contract/index.ts'
import { useFolders } from '../data/index.ts'
import { number, size, t } from '../i18n/index.ts'
import { RetentionChoice } from './retention.tsx'

type AccountSize = StorageOverview['accounts'][number]

const FolderTable = ({
  account,
  folderName,
}: {
  account: AccountSize
  folderName: (folder: Pick<Folder, 'role' | 'name'>) => string
}) => {
  const folders = useFolders() ?? []
  const named = account.folders.flatMap((one) => {
    const folder = folders.find((candidate) => candidate.id === one.folderId)
    return folder ? [{ ...one, name: folderName(folder) }] : []
  })
  if (named.length === 0) return null
  return (
    <details className="storage-folders">
      <summary>{t('storage.folders')}</summary>
      <table className="storage-table">
        <thead>
          <tr>
            <th scope="col">{t('storage.folder')}</th>
            <th scope="col">{t('storage.messages')}</th>
            <th scope="col">{t('storage.kept')}</th>
            <th scope="col">{t('storage.texts')}</th>
            <th scope="col">{t('storage.withFiles')}</th>
          </tr>
        </thead>
        <tbody>
          {named
            .toSorted((a, b) => b.bodyBytes + b.attachmentBytes - a.bodyBytes - a.attachmentBytes)
            .map((folder) => (
              <tr key={folder.folderId}>
                <th scope="row">{folder.name}</th>
                <td>{number(folder.messages)}</td>
                <td>{number(folder.bodies)}</td>
                <td>{size(folder.bodyBytes)}</td>
                <td>{size(folder.attachmentBytes)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </details>
  )
}

/** What each mailbox takes on this computer, by kind and by folder, and how long its messages stay. */
export const MailboxSizes = ({
  overview,
  accounts,
  folderName,
}: {
  overview: StorageOverview
  accounts: readonly Account[]
  folderName: (folder: Pick<Folder, 'role' | 'name'>) => string
}) => (
  <ul className="storage-accounts" aria-label={t('storage.onThisComputer')}>
    {overview.accounts.map((account) => {
      const address = accounts.find((one) => one.id === account.accountId)?.address ?? ''
      return (
        <li key={account.accountId}>
          <h4>{address}</h4>
          <dl className="storage-figures">
            <div>
              <dt>{t('storage.messages')}</dt>
              <dd>{number(account.messages)}</dd>
            </div>
            <div>
              <dt>{t('storage.texts')}</dt>
              <dd>{size(account.bodyBytes)}</dd>
            </div>
            <div>
              <dt>{t('storage.withFiles')}</dt>
              <dd>{size(account.attachmentBytes)}</dd>
            </div>
            <div>
              <dt>{t('storage.index')}</dt>
              <dd>{size(account.indexBytes)}</dd>
            </div>
          </dl>
          <RetentionChoice account={account} address={address} />
          <FolderTable account={account} folderName={folderName} />
        </li>
      )
    })}
  </ul>
)
