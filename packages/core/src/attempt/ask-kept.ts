import { join, splice } from '../bytes/splice.ts'
import { BadReplyError, badReply } from '../providers/bad-reply.ts'
import { errorIn } from '../providers/error-in.ts'
import { parseReply } from '../providers/translated/parse-reply.ts'
import type { Bytes } from '../transport.ts'
import type { CallFacts } from '../wire/call-facts.ts'
import { exchangeOnce } from './exchange-once.ts'
import { KeptThing, type AskedKept, type KeptWorld } from './kept-thing.ts'

/**
 * Asks the one provider that has it. It costs nothing, so there is no record; nobody else could answer, so nothing is tried again.
 *
 * @returns the provider's JSON, with ids and the model as the caller knows them.
 * @throws SpekaError `response_not_found` for whatever is not the caller's or is gone; otherwise as an attempt fails.
 */
export async function askKept(
  world: KeptWorld,
  asked: AskedKept,
  facts: CallFacts,
  signal?: AbortSignal,
): Promise<Bytes> {
  const thing = new KeptThing(world, asked, facts)
  const { keeper, request, timeoutMs } = thing
  const result = await exchangeOnce(world, { ...keeper, request, timeoutMs, signal })
  if (!result.ok) throw thing.error(result.failure)
  const { body } = result.reply
  // What is gone is gone, also where an upstream has nothing to say of it.
  if (asked.question === 'delete' && body.length === 0)
    return Buffer.from(JSON.stringify({ id: asked.id, object: 'response', deleted: true }))
  try {
    const value = parseReply(body)
    // A response has an `error` of its own beside its status.
    if (value['object'] !== 'response' && errorIn(value) !== undefined)
      throw new BadReplyError(badReply('reported an error'))
    return join(splice(body, thing.names(body, [], value['model'])))
  } catch (error) {
    if (error instanceof BadReplyError) throw thing.error(error.failure)
    throw error
  }
}
