import { CloudOff, Inbox, SearchX } from 'lucide-react'
import { useMemo, type ReactNode, type Ref } from 'react'
import {
  Collection,
  GridList,
  GridListHeader,
  GridListItem,
  GridListLoadMoreItem,
  GridListSection,
  ListLayout,
  useDragAndDrop,
  Virtualizer,
  type Key,
  type Selection,
} from 'react-aria-components'
import { accountStore, settingsStore, useNow, useStore, type LiveList } from '../data/index.ts'
import { Button, EmptyState, ErrorState, Spinner } from '../design/index.ts'
import { t } from '../i18n/index.ts'
import { groupByDay } from './day-groups.ts'
import { MessageRowContent, rowName } from './message-row.tsx'

/** What a dragged row is called while it is over a folder. */
export const messageDragType = 'application/x-souspli-message'

/** Pixels: every row of a density has the same height, so that ten thousand rows scroll without measuring. */
const rowHeights = { comfortable: 98, cosy: 88, compact: 50 } as const
const headingHeight = 30

const areIds = (keys: ReadonlySet<Key>): keys is ReadonlySet<Key> & ReadonlySet<number> =>
  [...keys].every((key) => typeof key === 'number')

/** The list of messages: virtualised, grouped by day, one accessible grid with several selection. */
export const MessageList = ({
  list,
  label,
  empty,
  selected,
  whole,
  onSelect,
  onSelectAll,
  onOpen,
  gridRef,
}: {
  list: LiveList
  label: string
  empty: 'folder' | 'filter' | 'search'
  selected: ReadonlySet<number>
  /** All is selected, also what is not loaded. */
  whole: boolean
  onSelect: (ids: ReadonlySet<number>) => void
  onSelectAll: () => void
  /** Enter or double click: go to the text of the message. */
  onOpen: () => void
  gridRef?: Ref<HTMLDivElement>
}) => {
  const now = useNow()
  const { density } = useStore(settingsStore)
  const accounts = useStore(accountStore)
  const mine = useMemo(() => new Set(accounts.map(({ address }) => address.toLowerCase())), [accounts])
  const groups = useMemo(
    () => (list.rows ? groupByDay(list.rows, now, list.groupBy) : []),
    [list.rows, now, list.groupBy],
  )
  const { dragAndDropHooks } = useDragAndDrop({
    getItems: (keys) => [...keys].map((key) => ({ [messageDragType]: String(key) })),
    getAllowedDropOperations: () => ['move'],
    onDragStart: ({ keys }) => {
      // Dragging a row that was not selected takes that row alone.
      if (!whole && areIds(keys) && [...keys].some((key) => !selected.has(key))) onSelect(keys)
    },
  })
  const select = (keys: Selection): void => {
    if (keys === 'all') onSelectAll()
    // The very set React Aria gave: it carries the anchor that Shift extends from.
    else if (areIds(keys)) onSelect(keys)
  }
  const place = (content: ReactNode) => <div className="list-place">{content}</div>

  if (list.error && !list.rows?.length)
    return place(
      <ErrorState
        icon={<CloudOff />}
        error={list.error}
        actions={
          <Button variant="primary" onPress={list.retry}>
            {t('common.retry')}
          </Button>
        }
      />,
    )
  if (!list.rows) return place(<ListSkeleton />)
  if (list.rows.length === 0 && !list.loading)
    return place(
      <EmptyState icon={empty === 'search' ? <SearchX /> : <Inbox />} title={t(`mailbox.empty-${empty}`)}>
        {t(`mailbox.empty-${empty}-text`)}
      </EmptyState>,
    )
  return (
    <Virtualizer
      key={density}
      layout={ListLayout}
      layoutOptions={{ rowSize: rowHeights[density], headingSize: headingHeight, loaderSize: 40 }}
    >
      <GridList
        ref={gridRef}
        aria-label={label}
        className="message-list"
        selectionMode="multiple"
        selectionBehavior="replace"
        selectedKeys={whole ? 'all' : selected}
        dragAndDropHooks={dragAndDropHooks}
        onSelectionChange={select}
        onAction={onOpen}
      >
        <Collection items={groups}>
          {(group) => (
            <GridListSection id={group.id}>
              <GridListHeader className="list-day">{group.label}</GridListHeader>
              <Collection items={group.rows}>
                {(row) => (
                  <GridListItem id={row.id} textValue={rowName(row, now, mine)} className="list-item">
                    <MessageRowContent row={row} now={now} mine={mine} />
                  </GridListItem>
                )}
              </Collection>
            </GridListSection>
          )}
        </Collection>
        {list.more ? (
          <GridListLoadMoreItem className="list-more" onLoadMore={list.loadMore} isLoading={list.loading}>
            <Spinner label={t('common.loading')} />
          </GridListLoadMoreItem>
        ) : null}
      </GridList>
    </Virtualizer>
  )
}

const ListSkeleton = () => (
  <div className="list-skeleton" role="status" aria-label={t('common.loading')}>
    {Array.from({ length: 7 }, (_, index) => (
      <div key={index} className="list-skeleton-row" aria-hidden="true" />
    ))}
  </div>
)
