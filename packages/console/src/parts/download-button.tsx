import { csvOf, type CellValue } from '../format/csv.ts'

interface DownloadButtonProps {
  /** Of the file, without its ending. */
  readonly name: string
  /** The headings and the rows, made when it is pressed. */
  readonly table: () => readonly (readonly CellValue[])[]
}

/** Gives a table as a CSV file. */
export const DownloadButton = ({ name, table }: DownloadButtonProps): React.JSX.Element => (
  <button
    type="button"
    className="rounded-md px-2 py-1 text-xs text-quiet underline hover:text-ink"
    onClick={() => {
      const url = URL.createObjectURL(new Blob([csvOf(table())], { type: 'text/csv;charset=utf-8' }))
      const link = document.createElement('a')
      link.href = url
      link.download = `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.csv`
      link.click()
      URL.revokeObjectURL(url)
    }}
  >
    Download CSV<span className="sr-only"> of {name}</span>
  </button>
)
