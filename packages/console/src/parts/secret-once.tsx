import { CopyButton } from './copy-button.tsx'

interface SecretOnceProps {
  /** `The key "bench"` */
  readonly what: string
  readonly secret: string
}

/** A secret that is in this answer, and in none after it: it is held by the page alone, and gone when that is left. */
export const SecretOnce = ({ what, secret }: SecretOnceProps): React.JSX.Element => (
  <div role="status" className="rounded-lg border border-warn bg-warn-soft p-4">
    <p className="font-medium text-warn">{what} is shown this once. Copy it now: nobody can show it again.</p>
    <div className="mt-3 flex flex-wrap items-center gap-2">
      <code className="min-w-0 flex-1 rounded-md border border-line bg-surface px-3 py-2 font-mono break-all">
        {secret}
      </code>
      <CopyButton text={secret} />
    </div>
  </div>
)
