import { rerankOperation } from '../../operations/rerank/rerank-operation.ts'
import { searchUnits } from '../../operations/rerank/search-units.ts'
import type { RerankCall } from '../../operations/rerank/rerank-call.ts'
import type { RerankAnswer, RerankDocument, RerankResult } from '../../operations/rerank/rerank.ts'
import type { Usage } from '../../usage.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import type { Answer, TranslationTarget } from '../provider.ts'
import { resultsWanted, wholeDocuments } from './whole-documents.ts'

/** A document's place as an upstream has told it, which may be anything. */
export interface ScoreTold {
  readonly index: unknown
  readonly score: unknown
}

/** What an upstream has said of a ranking besides the scores. */
export interface RankingFacts {
  readonly id?: string | undefined
  readonly usage: Usage
}

/**
 * A ranking in Cohere's shape: the best first, as many as were asked for, each once.
 *
 * @throws BadReplyError when it tells of documents that were not sent, or scores nothing.
 */
export function writeRerankAnswer(
  told: readonly ScoreTold[],
  { id, usage }: RankingFacts,
  call: RerankCall,
  { model }: TranslationTarget,
): Answer {
  const wanted = resultsWanted(call)
  const ranked = told
    .map((score) => placeOf(score, call))
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, wanted)
  if (ranked.length < wanted || new Set(ranked.map(({ index }) => index)).size < ranked.length)
    throw new BadReplyError(badReply('ranked other documents than it was sent'))
  const answer: RerankAnswer = {
    id: id ?? call.id,
    model,
    results: call.outline.return_documents === true ? withDocuments(ranked, call) : ranked,
    meta: { api_version: { version: '2' }, billed_units: { search_units: usage.searches ?? searchUnits(call) } },
  }
  return {
    body: Buffer.from(JSON.stringify(answer)),
    edits: [],
    id,
    usage,
    usageJson: rerankOperation.usageJson(usage),
    usageAt: undefined,
  }
}

function placeOf({ index, score }: ScoreTold, { outline }: RerankCall): RerankResult {
  const isOne = typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < outline.documents.length
  if (!isOne || typeof score !== 'number' || !Number.isFinite(score))
    throw new BadReplyError(badReply('sent a ranking that makes no sense'))
  return { index, relevance_score: score }
}

function withDocuments(ranked: readonly RerankResult[], call: RerankCall): RerankResult[] {
  const documents = wholeDocuments(call)
  return ranked.map((result) => {
    const document = documents[result.index]
    return document === undefined ? result : { ...result, document: asObject(document) }
  })
}

const asObject = (document: string | RerankDocument): RerankDocument =>
  typeof document === 'string' ? { text: document } : document
