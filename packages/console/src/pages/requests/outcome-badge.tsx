import { Badge, type Tone } from '../../parts/badge.tsx'
import type { RequestLine } from './request-line.ts'

const tones: Readonly<Record<RequestLine['outcome'], Tone>> = {
  complete: 'good',
  interrupted: 'warn',
  cancelled: 'usual',
  failed: 'bad',
}

export const OutcomeBadge = ({ outcome }: { readonly outcome: RequestLine['outcome'] }): React.JSX.Element => (
  <Badge tone={tones[outcome]}>{outcome}</Badge>
)
