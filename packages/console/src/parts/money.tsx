import { exactUsd, shortUsd } from '../format/usd.ts'

/** An amount as long as its place allows, and exactly on hover. `null`: it is not known. */
export const Money = ({ usd }: { readonly usd: string | null | undefined }): React.JSX.Element =>
  usd === null || usd === undefined ? (
    <span className="text-quiet">unknown</span>
  ) : (
    <data value={usd} title={exactUsd(usd)} className="tabular-nums">
      {shortUsd(usd)}
    </data>
  )
