import { describeFindings, type Findable } from './find-out.ts'
import { type RankingFeature, rankingFeatures } from './features.ts'

/** The clients that rank documents, in the order of the document. */
const clients = {
  'cohere-js': 'cohere-ai (JS)',
  'langchain-cohere-js': 'CohereRerank (LangChain, JS)',
} as const

const described = new Map(Object.entries(rankingFeatures) as [RankingFeature, string][])

/** Runs the suite of a client that ranks documents, which is a column of `docs/compatibility.md`. */
export function describeRankingClient(
  id: keyof typeof clients,
  versions: Readonly<Record<string, string>>,
  suite: (find: Findable<RankingFeature>) => void,
): void {
  const place = Object.keys(clients).indexOf(id) + 1
  describeFindings({ id, name: clients[id], place, kind: 'ranking client', versions, features: described }, suite)
}
