import { SpekaError } from '../../errors.ts'
import { isRecord, type Json } from '../../json.ts'
import type { Bytes } from '../../transport.ts'
import type { CallFacts } from '../../wire/call-facts.ts'
import { carryCall, writeChatCall, type ChatCall } from '../../operations/chat/chat-call.ts'
import type { NativeRequest } from '../../operations/chat/native-request.ts'
import { doneFrame, typedFrame } from '../../bytes/frames.ts'
import { parseToRewrite, type BodyAids } from '../../wire/parse-body.ts'
import type { ResponseObject, ResponsesRequest } from './shapes.ts'
import { writeBody, type WriteJson } from '../../wire/write-body.ts'
import { ChatFrames, choicesIn } from '../chat-frames.ts'
import type { Dialect } from '../dialect.ts'
import { droppedBy } from '../fate.ts'
import { readObject } from '../read-object.ts'
import { memberCalled } from '../../bytes/scan-object.ts'
import { emptyResponse } from './empty-response.ts'
import { responsesFates } from './fates.ts'
import { goingOnWith, keptBefore } from './going-on.ts'
import { refersToKept } from './kept-things.ts'
import type { ResponseKeeping } from './response-keeping.ts'
import { ResponseWriter } from './response-writer.ts'
import { toldElsewhere } from './told-elsewhere.ts'
import { checkResponsesRequest, responsesToChat } from './responses-to-chat.ts'

/**
 * Reads a responses request from the wire.
 *
 * @param keeping who keeps what is made of chat. Default: nobody does.
 *
 * @throws SpekaError what {@link parseToRewrite} finds, or what {@link responsesToChat} finds.
 */
export function readResponses(body: Bytes, facts: CallFacts, aids?: BodyAids, keeping?: ResponseKeeping): Dialect {
  const { value, scan, write } = parseToRewrite(body, 'input', aids)
  return dialectOf(value, facts, { body, scan }, write, keeping)
}

/**
 * The same, made by code instead of by bytes.
 *
 * @throws SpekaError what {@link responsesToChat} finds.
 */
export const writeResponses = (request: ResponsesRequest, facts: CallFacts): Dialect =>
  dialectOf(request, facts, writeBody(request))

function dialectOf(
  value: unknown,
  facts: CallFacts,
  sent: Sent,
  write?: WriteJson,
  offered?: ResponseKeeping,
): Dialect {
  const request = checkResponsesRequest(value)
  const keeping = request['store'] === false && offered !== undefined ? { ...offered, keep: undefined } : offered
  const call = callFor(request, { ...facts, surface: 'responses' }, sent, write, keeping)
  const empty = emptyResponse(request, call, keeping)
  const keep = keeping?.keep
  const input = keep && inputOf(sent)
  const told: Bytes[] = []
  const writer = new ResponseWriter(empty, call.id, (event) => told.push(typedFrame(event)))
  let finishReason: unknown
  let usage: unknown
  let closed: ResponseObject | undefined
  const stream = new ChatFrames({
    chunk(chunk) {
      writer.begin(chunk)
      const choice = firstChoice(chunk)
      writer.add(choice['delta'])
      finishReason = choice['finish_reason'] ?? finishReason
      usage = chunk['usage'] ?? usage
    },
    done() {
      closed = writer.close(finishReason, usage)
      if (keep === undefined) tellEnd(false)
    },
  })
  const takeTold = (): Bytes => Buffer.concat(told.splice(0))
  function tellEnd(isKept: boolean): void {
    writer.end(isKept)
    told.push(doneFrame)
  }
  /** A whole answer, closed. */
  function readAnswer(completion: Bytes): readonly [ResponseWriter, ResponseObject] {
    const chat = readObject(completion)
    const choice = firstChoice(chat)
    const whole = new ResponseWriter(empty, call.id, () => {})
    whole.begin(chat)
    whole.add(choice['message'])
    return [whole, whole.close(choice['finish_reason'], chat['usage'])]
  }
  return {
    call,
    answer: (completion) => Buffer.from(JSON.stringify(readAnswer(completion)[0].end(false))),
    last:
      keep &&
      input &&
      (async (end) => {
        if (!call.stream) {
          const [whole, response] = readAnswer(end)
          return Buffer.from(JSON.stringify(whole.end(await keep(response, input))))
        }
        stream.push(end)
        if (closed !== undefined) tellEnd(await keep(closed, input))
        return takeTold()
      }),
    frames(chat) {
      stream.push(chat)
      return takeTold()
    },
    failure(error) {
      writer.fail(error)
      return takeTold()
    },
  }
}

/** What is asked of chat, and of a target that speaks this API itself: it is told of nothing that is kept under its key. */
function callFor(
  request: ResponsesRequest,
  facts: CallFacts,
  sent: Sent,
  write?: WriteJson,
  keeping?: ResponseKeeping,
): ChatCall {
  const keptAt = keptBefore(request, facts)
  const told = keeping?.hasOwnItems === true ? toldElsewhere(request, sent, write) : sent
  const goesOut = keptAt === undefined ? told : goingOnWith(keptAt, sent)
  const native = refersToKept(request) ? undefined : ({ dialect: 'responses', ...goesOut } as const)
  try {
    const call = writeChatCall(responsesToChat(request), facts, write)
    return { ...call, native, leftOut: leftOutOf(request, keeping) }
  } catch (error) {
    if (native === undefined || !SpekaError.is(error) || error.code !== 'unsupported_parameter') throw error
    const { max_output_tokens: most = null } = request
    const call = carryCall({ ...request, max_completion_tokens: most }, { ...native, untranslatable: error }, facts)
    // What was said before is part of the prompt, and nobody here knows how long it is.
    return keptAt === undefined ? call : { ...call, keptAt, mostPromptTokens: Infinity }
  }
}

/** What chat has no word for. */
function leftOutOf(request: ResponsesRequest, keeping: ResponseKeeping | undefined): string[] {
  const { input } = request
  const isEncrypted = Array.isArray(input) && input.some((item) => isRecord(item) && item['encrypted_content'] != null)
  const dropped = droppedBy(responsesFates, request).filter((name) => name !== 'store' || keeping?.keep === undefined)
  return [...dropped, ...(isEncrypted ? ['input.encrypted_content'] : [])]
}

type Sent = Pick<NativeRequest, 'body' | 'scan'>

/** The input as it was sent; `undefined` where there is none. */
function inputOf({ body, scan }: Sent): Bytes | undefined {
  const member = memberCalled(scan, 'input')
  return member && body.subarray(member.valueStart, member.valueEnd)
}

/** One answer is all that is asked for. */
const firstChoice = (chat: Json): Json => choicesIn(chat).find(({ index }) => (index ?? 0) === 0) ?? {}
