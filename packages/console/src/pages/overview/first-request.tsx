import { CodeBlock } from '../../parts/code-block.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { useBaseUrl } from '../../session.ts'

const request = (baseUrl: string): string => `curl ${baseUrl}/chat/completions \\
  -H "Authorization: Bearer $SPEKA_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "speka/sandbox", "messages": [{"role": "user", "content": "Hello!"}]}'`

/** What to do first, where nothing has been asked yet. */
export function FirstRequest({ hasKey }: { readonly hasKey: boolean }): React.JSX.Element {
  const baseUrl = useBaseUrl()
  return (
    <EmptyState title="No requests in this time">
      <p className="mb-4">
        {hasKey
          ? 'Send one with a virtual key, and it is here within a second. The model speka/sandbox needs no provider.'
          : 'Make a virtual key first, and send a request with it. The model speka/sandbox needs no provider.'}
      </p>
      <CodeBlock label="In a shell" code={request(baseUrl)} />
    </EmptyState>
  )
}
