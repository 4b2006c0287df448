import { exactCount, shortCount } from '../format/quantity.ts'

/** A number as long as its place allows, and with all digits on hover. `null`: it is not known. */
export const Count = ({ of: count }: { readonly of: number | null | undefined }): React.JSX.Element =>
  count === null || count === undefined ? (
    <span className="text-quiet">unknown</span>
  ) : (
    <data value={count} title={exactCount(count)} className="tabular-nums">
      {shortCount(count)}
    </data>
  )
