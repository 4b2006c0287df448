import { CopyButton } from './copy-button.tsx'

/** Something to paste elsewhere. */
export const CodeBlock = ({ code, label }: { readonly code: string; readonly label: string }): React.JSX.Element => (
  <div className="rounded-md border border-line bg-raised text-left">
    <div className="flex items-center justify-between gap-2 border-b border-line px-3 py-1.5">
      <span className="text-xs font-medium text-quiet">{label}</span>
      <CopyButton text={code} />
    </div>
    <pre role="region" tabIndex={0} aria-label={label} className="overflow-x-auto p-3 font-mono text-xs text-ink">
      {code}
    </pre>
  </div>
)
