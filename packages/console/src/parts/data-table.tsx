import { createSortedRowModel, rowSortingFeature, tableFeatures, useTable, type ColumnDef } from '@tanstack/react-table'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, type ReactNode } from 'react'
import { useAddress } from '../address.ts'
import type { CellValue } from '../format/csv.ts'
import { DownloadButton } from './download-button.tsx'
import { NothingLikeThat } from './empty-state.tsx'
import { readSorting, writeSorting } from './sort-in-address.ts'

/** A column of a table. */
export interface Column<Row> {
  /** Its name in the address and in the CSV. */
  readonly id: string
  /** With the unit, where it is a number: `Cost (USD)`. */
  readonly header: string
  /** What the cell is worth: what is sorted by, and what the CSV has. */
  readonly value: (row: Row) => CellValue
  /** How it looks. Default: the value as text. */
  readonly cell?: ((row: Row) => ReactNode) | undefined
  /** Which of two rows comes first. Default: by the value, numbers by size and text by the alphabet; nothing last. */
  readonly compare?: ((one: Row, other: Row) => number) | undefined
  /** Numbers stand right, so that their digits are below each other. */
  readonly numeric?: boolean | undefined
  /** Default: true. */
  readonly sortable?: boolean | undefined
  /** Only in the CSV. */
  readonly hidden?: boolean | undefined
}

interface DataTableProps<Row> {
  /** What is in it, for a screen reader, and the name of the CSV. */
  readonly name: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
  /** What stands there when there are no rows. */
  readonly empty: ReactNode
  /** The name of the sorting in the address, where a page has several tables. Default: sort. */
  readonly sortName?: string | undefined
  /** `false` where the rows come in an order of their own, a part at a time. Default: true. */
  readonly sortable?: boolean | undefined
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() })

/** From how many rows on only those are drawn that can be seen, at this height in pixels. */
const VIRTUAL_FROM = 200
const ROW_HEIGHT = 37

const collator = new Intl.Collator('en', { numeric: true })

function compareValues(one: CellValue, other: CellValue): number {
  if (one === other) return 0
  if (one === null || one === undefined) return 1
  if (other === null || other === undefined) return -1
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : collator.compare(String(one), String(other))
}

/** A table that is sorted by its headings, can be had as CSV, and draws a hundred thousand rows as quickly as ten. */
export function DataTable<Row extends object>(props: DataTableProps<Row>): ReactNode {
  const { name, columns: all, rows, rowKey, empty, sortName = 'sort', sortable = true } = props
  const [said, say] = useAddress()
  const columns = useMemo(() => all.filter(({ hidden }) => hidden !== true), [all])
  const definitions = useMemo(
    () =>
      columns.map((column): ColumnDef<typeof features, Row> => ({
        id: column.id,
        header: column.header,
        accessorFn: column.value,
        enableSorting: sortable && column.sortable !== false,
        sortDescFirst: column.numeric === true,
        sortFn: (one, other) =>
          column.compare?.(one.original, other.original) ??
          compareValues(column.value(one.original), column.value(other.original)),
      })),
    [columns, sortable],
  )
  const sorting = readSorting(said[sortName])
  const table = useTable({
    features,
    columns: definitions,
    data: rows,
    getRowId: rowKey,
    state: { sorting },
    onSortingChange: (change) =>
      say({ [sortName]: writeSorting(typeof change === 'function' ? change(sorting) : change) }),
  })
  const scroller = useRef<HTMLDivElement>(null)
  const shown = table.getRowModel().rows
  const isVirtual = shown.length >= VIRTUAL_FROM
  const virtual = useVirtualizer({
    count: isVirtual ? shown.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  })
  // What a search leaves out is there all the same.
  if (rows.length === 0) return said['q'] === undefined ? empty : <NothingLikeThat />
  const inView = virtual.getVirtualItems()
  const drawn = isVirtual ? inView.flatMap(({ index }) => shown[index] ?? []) : shown
  const first = inView[0]?.index ?? 0
  const before = isVirtual ? (inView[0]?.start ?? 0) : 0
  const after = isVirtual ? virtual.getTotalSize() - (inView.at(-1)?.end ?? 0) : 0
  return (
    <div>
      <div
        ref={scroller}
        role="region"
        aria-label={`Table: ${name}`}
        tabIndex={0}
        className={`overflow-auto rounded-lg border border-line bg-surface ${isVirtual ? 'max-h-[70dvh]' : ''}`}
      >
        <table className="w-full border-collapse max-md:block" aria-rowcount={isVirtual ? shown.length + 1 : undefined}>
          <thead className="sticky top-0 z-10 bg-surface max-md:block">
            <tr className={`max-md:flex max-md:flex-wrap ${sortable ? SORT_BY : ''}`}>
              {table
                .getHeaderGroups()
                .flatMap(({ headers }) =>
                  headers.map(({ column }, index) => (
                    <Heading
                      key={column.id}
                      text={columns[index]?.header ?? ''}
                      numeric={columns[index]?.numeric === true}
                      stays={columns[index]?.id === ACTIONS}
                      sorted={column.getIsSorted()}
                      sort={column.getCanSort() ? () => column.toggleSorting() : undefined}
                    />
                  )),
                )}
            </tr>
          </thead>
          <tbody className="max-md:block">
            <Gap height={before} columns={columns.length} />
            {drawn.map((row, index) => (
              <tr
                key={row.id}
                ref={isVirtual ? virtual.measureElement : undefined}
                data-index={isVirtual ? first + index : undefined}
                className="group border-t border-line hover:bg-raised/60 max-md:block max-md:py-2"
              >
                {columns.map((column) => (
                  <td key={column.id} data-label={column.header} className={cellClass(column)}>
                    {column.cell?.(row.original) ?? String(column.value(row.original) ?? '')}
                  </td>
                ))}
              </tr>
            ))}
            <Gap height={after} columns={columns.length} />
          </tbody>
        </table>
      </div>
      <div className="mt-2 flex justify-end">
        <DownloadButton
          name={name}
          table={() => [
            all.map(({ id }) => id),
            ...shown.map(({ original }) => all.map(({ value }) => value(original))),
          ]}
        />
      </div>
    </div>
  )
}

/** Before the headings of a narrow screen, which are there to sort by. */
const SORT_BY = 'max-md:before:px-3 max-md:before:py-2 max-md:before:text-xs max-md:before:content-["Sort_by"]'

/** The column of buttons: it stays in view while the others are moved under it. */
const ACTIONS = 'actions'

/** On a narrow screen a row is a card: a cell is a line of it, with its heading before it, and what is empty is left out. */
const cellClass = <Row,>({ id, numeric = false }: Column<Row>): string =>
  [
    'px-3 py-2 max-md:flex max-md:justify-between max-md:gap-4 max-md:py-1 max-md:empty:hidden',
    'max-md:not-first:before:shrink-0 max-md:not-first:before:text-quiet',
    numeric ? 'text-right whitespace-nowrap tabular-nums' : '',
    id === ACTIONS ? `${STAYS} group-hover:bg-raised` : 'max-md:not-first:before:content-[attr(data-label)]',
  ].join(' ')

const STAYS = 'bg-surface md:sticky md:right-0'

interface HeadingProps {
  readonly text: string
  readonly numeric: boolean
  /** Whether it stays in view. */
  readonly stays: boolean
  readonly sorted: false | 'asc' | 'desc'
  readonly sort: (() => void) | undefined
}

/** Left of what stands right, so that headings end where their numbers do. */
const Arrow = ({ sorted }: Pick<HeadingProps, 'sorted'>): React.JSX.Element => (
  <span aria-hidden className="inline-block w-3.5 text-center">
    {sorted === false ? '' : arrows[sorted]}
  </span>
)

const arrows = { asc: '↑', desc: '↓' } as const
const directions = { asc: 'ascending', desc: 'descending' } as const

const Heading = ({ text, numeric, stays, sorted, sort }: HeadingProps): React.JSX.Element => (
  <th
    scope="col"
    aria-sort={sorted === false ? undefined : directions[sorted]}
    className={`px-3 py-2 text-xs font-medium whitespace-nowrap text-quiet ${numeric ? 'text-right' : 'text-left'} ${stays ? STAYS : ''} ${sort === undefined ? 'max-md:hidden' : ''}`}
  >
    {sort === undefined ? (
      text
    ) : (
      <button type="button" onClick={sort} className="font-medium hover:text-ink">
        {numeric ? <Arrow sorted={sorted} /> : null}
        {text}
        {numeric ? null : <Arrow sorted={sorted} />}
      </button>
    )}
  </th>
)

const Gap = ({ height, columns }: { readonly height: number; readonly columns: number }): ReactNode =>
  height <= 0 ? null : (
    <tr aria-hidden>
      <td colSpan={columns} style={{ height }} />
    </tr>
  )
