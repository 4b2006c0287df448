import { Link } from '@tanstack/react-router'
import { useMay } from '../../session.ts'
import { kinds } from '../playground/playground-form.ts'
import type { RequestRecord } from './request-record.ts'

/** Leads to the playground with what is known of a request, which is not what was said in it. */
export function AskAgain({ record }: { readonly record: RequestRecord }): React.JSX.Element | null {
  const mayPlay = useMay('playground.use')
  const { endpoint, requested_model: model, key_id: key } = record
  const kind = kinds.find((each) => each === endpoint)
  if (!mayPlay || kind === undefined) return null
  const search = {
    tab: kind === 'chat' ? undefined : kind,
    models: model,
    key_id: key?.startsWith('key_') ? key : undefined,
  }
  return (
    <p className="mb-4 text-quiet">
      <Link to="/playground" search={search as never} className="text-accent underline">
        Ask again in the playground
      </Link>{' '}
      with this model and this key. What was said, and the parameters, are not stored: type them anew.
    </p>
  )
}
