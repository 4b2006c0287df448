import { describeFindings, type Findable } from './find-out.ts'
import { type MessageFeature, messageFeatures } from './features.ts'

/** The clients that speak Anthropic's messages, in the order of the document. */
const clients = {
  'anthropic-js': '@anthropic-ai/sdk',
  'anthropic-python': 'anthropic (Python)',
  'ai-sdk-anthropic': 'AI SDK, anthropic',
  'langchain-anthropic-js': 'ChatAnthropic (LangChain, JS)',
} as const

const described = new Map(Object.entries(messageFeatures) as [MessageFeature, string][])

/** Runs the suite of a client that speaks messages, which is a column of `docs/compatibility.md`. */
export function describeMessageClient(
  id: keyof typeof clients,
  versions: Readonly<Record<string, string>>,
  suite: (find: Findable<MessageFeature>) => void,
): void {
  const place = Object.keys(clients).indexOf(id) + 1
  describeFindings({ id, name: clients[id], place, kind: 'message client', versions, features: described }, suite)
}
