import { doneFrame } from '../../bytes/frames.ts'
import type { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import { writeUsage } from '../../operations/chat/write-usage.ts'
import type { Bytes } from '../../transport.ts'
import { errorFrame } from '../../wire/error-body.ts'
import { readUsage } from '../../wire/read-usage.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { errorIn } from '../error-in.ts'
import type { EventReader, EventSeen, NativeApi, WholeAnswer } from '../native/native-api.ts'
import { Sees } from '../provider.ts'
import { brokeOff, classifyErrorObject } from './classify.ts'
import { finishReasonOf, saysFailed } from './finish-reason.ts'

/**
 * OpenAI's older completions, as they are: a text that is gone on with, by models that know nothing of turns too.
 *
 * https://platform.openai.com/docs/api-reference/completions
 */
export const completionsApi: NativeApi = {
  path: '/completions',
  headers: {},
  // Its events have no types by which those that are words could be told without a look.
  words: {},
  repeats: [],
  holdsPictures: false,
  tellsUsageIfAsked: true,
  read: () => new CompletionReader(),
  answer: readCompletion,
  writeUsage: (usage) => writeUsage(usage) ?? {},
}

const choicesIn = ({ choices }: Json): Json[] => (Array.isArray(choices) ? choices.filter(isRecord) : [])

/** Whether it says of itself that it was cut off. */
const isBroken = (choice: Json): boolean => saysFailed(finishReasonOf(choice))

function readCompletion(completion: Json): WholeAnswer {
  const error = errorIn(completion)
  if (error !== undefined) throw new BadReplyError(classifyErrorObject(error))
  const { id, usage } = completion
  const choices = choicesIn(completion)
  if (choices.length === 0) throw new BadReplyError(badReply('sent an answer without choices'))
  const [first] = choices
  if (choices.some(isBroken)) throw new BadReplyError(brokeOff)
  return {
    id: typeof id === 'string' ? id : undefined,
    finishReason: first && finishReasonOf(first),
    usage: readUsage(usage),
    words: choices.map(({ text }) => text),
  }
}

class CompletionReader implements EventReader {
  /** By index, the choices that have begun and not ended. */
  readonly #open = new Set<unknown>()

  event(event: Json): EventSeen {
    const error = errorIn(event)
    if (error !== undefined) return { sees: Sees.Failure, facts: { failure: classifyErrorObject(error) } }
    const { id, usage } = event
    const choices = choicesIn(event)
    if (choices.some(isBroken)) return { sees: Sees.Failure, facts: { failure: brokeOff } }
    const [finishReason] = choices.flatMap((choice) => finishReasonOf(choice) ?? [])
    const words = choices.map(({ text }) => text).filter((text) => typeof text === 'string' && text !== '')
    const ended = this.#end(choices)
    const isCounted = isRecord(usage)
    return {
      sees: (words.length > 0 ? Sees.Output : 0) | (ended ? Sees.Finish : 0) | (isCounted ? Sees.Usage : 0),
      facts: {
        ...(typeof id === 'string' && { id }),
        ...(isCounted && { usage: readUsage(usage) }),
        ...(finishReason !== undefined && { finishReason }),
      },
      ...(words.length > 0 && { words }),
      ...(isCounted && { counted: EVENT }),
      head: EVENT,
      isUsageAlone: isCounted && choices.length === 0,
    }
  }

  /** @returns whether the last of those that have begun has ended with this. */
  #end(choices: readonly Json[]): boolean {
    for (const choice of choices) {
      const { index = 0 } = choice
      if (finishReasonOf(choice) === undefined) this.#open.add(index)
      else this.#open.delete(index)
    }
    return choices.length > 0 && this.#open.size === 0
  }

  owed(): readonly Bytes[] {
    return [doneFrame]
  }

  broken(error: SpekaError): Bytes {
    return errorFrame(error)
  }
}

const EVENT: readonly string[] = []
