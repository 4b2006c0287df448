import { SpekaError } from '@speka/core'
import { jsonHeaders, type CallFacts, type KeptQuestion } from '@speka/core/internal'
import type { KeyedExchange } from '../http/exchange.ts'
import { respondJson, respondPieces } from '../http/respond.ts'
import { listInputItems } from '../responses/input-items.ts'
import type { KeptResponses } from '../responses/kept-responses.ts'

/** A question about a response that is kept here. */
export interface OwnQuestion {
  readonly question: KeptQuestion
  /** As its caller knows it. */
  readonly id: string
  /** Of the request that made it. */
  readonly own: string
  readonly query: URLSearchParams
}

type Answer = (
  asked: OwnQuestion,
  kept: KeptResponses,
  facts: CallFacts,
  exchange: Pick<KeyedExchange, 'id' | 'response'>,
) => Promise<void>

const answers: Readonly<Record<KeptQuestion, Answer>> = {
  async retrieve({ own, query }, kept, facts, { id, response }) {
    if (query.get('stream') === 'true')
      throw new SpekaError(
        'unsupported_parameter',
        'The events of this response are told once, while it is made. Leave "stream" out to get it whole.',
        { param: 'stream' },
      )
    const { response: told } = await kept.read(own, facts)
    respondPieces(response, 200, [jsonHeaders, { 'x-request-id': id }], [told])
  },
  async delete({ id: asked, own }, kept, facts, { id, response }) {
    await kept.delete(own, facts)
    respondJson(response, id, { id: asked, object: 'response', deleted: true })
  },
  async cancel({ own }, kept, facts) {
    await kept.read(own, facts)
    throw new SpekaError('invalid_request', 'This response is whole. Only what is made in the background can be ended.')
  },
  async input_items({ own, query }, kept, facts, { id, response }) {
    respondJson(response, id, listInputItems(await kept.read(own, facts), own, query))
  },
}

/** Answers a question about a response that is kept here: nobody else is asked. */
export const aboutOwnResponse: Answer = (asked, ...rest) => answers[asked.question](asked, ...rest)
