import { useMutation } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { useAccount } from '../../account-filter.ts'
import { useAddress } from '../../address.ts'
import { callHeaders } from '../../api/client.ts'
import { wordsFor } from '../../api/problem.ts'
import { Button } from '../../parts/button.tsx'
import { Panel } from '../../parts/panel.tsx'
import { TextArea } from '../../parts/text-area.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { stringifySearch } from '../../search-params.ts'
import { AskAs, type KeyToAskWith } from '../playground/ask-as.tsx'
import { TroubleView } from '../playground/trouble-view.tsx'
import { troubleIn, type Trouble } from '../playground/trouble.ts'
import { ExplanationView } from './explanation-view.tsx'
import { readExplanation, type RouteExplanation } from './route-explanation.ts'

/** What is to be explained. */
interface Draft {
  readonly model: string
  readonly prompt: string
  readonly maxTokens: string
}

interface ExplainRouteProps {
  readonly models: readonly string[]
  readonly keys: readonly KeyToAskWith[]
}

/** Where a request would go, what it would cost, and what would follow if that failed. Nothing is sent. */
export function ExplainRoute({ models, keys }: ExplainRouteProps): React.JSX.Element {
  const [draft, setDraft] = useState<Draft>({ model: 'speka/sandbox', prompt: '', maxTokens: '' })
  const [{ key_id: key = '' }, say] = useAddress()
  const { account } = useAccount()
  const explain = useMutation({ mutationFn: () => explanationOf(draft, key, account) })
  const change = (changes: Partial<Draft>): void => setDraft((before) => ({ ...before, ...changes }))
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    explain.mutate()
  }
  const isNumber = /^\d{0,9}$/.test(draft.maxTokens)
  return (
    <Panel title="Explain a request">
      <form onSubmit={submit} className="flex flex-col gap-3">
        <datalist id="routing-models">
          {models.map((id) => (
            <option key={id} value={id} />
          ))}
        </datalist>
        <div className="grid gap-3 sm:grid-cols-2">
          <TextField
            label="Model"
            list="routing-models"
            value={draft.model}
            onChange={(model) => change({ model: model.trim() })}
          />
          <TextField
            label="Most output tokens"
            inputMode="numeric"
            value={draft.maxTokens}
            error={isNumber ? undefined : 'A whole number, or nothing.'}
            onChange={(maxTokens) => change({ maxTokens })}
          />
        </div>
        <TextArea label="Prompt" rows={2} value={draft.prompt} onChange={(prompt) => change({ prompt })} />
        <AskAs keys={keys} value={key} usual="Playground, or else my oldest" onChange={(id) => say({ key_id: id })} />
        <div>
          <Button type="submit" kind="primary" busy={explain.isPending} disabled={draft.model === '' || !isNumber}>
            Explain
          </Button>
        </div>
      </form>
      <div className="mt-4">
        {explain.error === null ? null : (
          <TroubleView trouble={{ message: wordsFor(explain.error), code: 'unreachable' }} />
        )}
        {explain.data === undefined ? null : 'trouble' in explain.data ? (
          <TroubleView trouble={explain.data.trouble} />
        ) : (
          <ExplanationView explanation={explain.data.explanation} />
        )}
      </div>
    </Panel>
  )
}

async function explanationOf(
  { model, prompt, maxTokens }: Draft,
  key: string,
  account: string | undefined,
): Promise<{ readonly explanation: RouteExplanation } | { readonly trouble: Trouble }> {
  const search = stringifySearch({ key_id: key, account: key === '' ? account : undefined })
  const response = await fetch(`/api/v1/routing/explain${search}`, {
    method: 'POST',
    headers: callHeaders(),
    body: JSON.stringify({
      model,
      ...(prompt === '' ? {} : { messages: [{ role: 'user', content: prompt }] }),
      ...(maxTokens === '' ? {} : { max_tokens: Number(maxTokens) }),
    }),
  })
  return response.ok ? { explanation: readExplanation(await response.json()) } : { trouble: await troubleIn(response) }
}
