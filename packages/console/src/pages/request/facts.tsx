import type { ReactNode } from 'react'

/** Names with what they are; what there is not is left out. */
export const Facts = ({ facts }: { readonly facts: Readonly<Record<string, ReactNode>> }): React.JSX.Element => (
  <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
    {Object.entries(facts)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => (
        <div key={name} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-quiet">{name}</dt>
          <dd className="min-w-0 text-right break-words tabular-nums">{value}</dd>
        </div>
      ))}
  </dl>
)
