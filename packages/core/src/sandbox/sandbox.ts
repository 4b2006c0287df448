import type { Clock } from '../clock.ts'
import { scanObject } from '../bytes/scan-object.ts'
import { join, splice } from '../bytes/splice.ts'
import { isRecord } from '../json.ts'
import type { Transport, UpstreamRequest } from '../transport.ts'
import type { FormFile } from '../wire/form/form-file.ts'
import type { OperationName } from '../wire/operation-name.ts'
import { chatAnswer, type SandboxAnswer } from './chat-answer.ts'
import { TryCounter } from './count-tries.ts'
import { embeddingsAnswer } from './embeddings-answer.ts'
import { moderationAnswer } from './moderation-answer.ts'
import { imagesAnswer, readDrawing } from './images-answer.ts'
import { playScript, single, type Script } from './play-script.ts'
import { playUpload } from './play-upload.ts'
import { readUpload, type Upload } from './read-upload.ts'
import { askedFor, badRequest, Refusal, refusalBody } from './refusal.ts'
import { readChange } from './read-change.ts'
import { rerankAnswer } from './rerank-answer.ts'
import { type Fault, parseSandboxModel, sandboxFaults, sandboxModelId } from './sandbox-model.ts'
import { speak, streamSpeech } from './speak.ts'
import { spoilBytes } from './spoil-bytes.ts'
import { jsonScript, spoilJson } from './spoil-json.ts'
import { spoilStream } from './spoil-stream.ts'
import { type AnswerIdentity, streamChat, toolCallId, usageOf } from './stream-chat.ts'
import { streamImages } from './stream-images.ts'
import { listen, streamTranscript, transcriptJson, transcriptText, wordsIn } from './transcript-answer.ts'

/** The origin of an upstream that lives in this process. */
export const sandboxOrigin = 'sandbox:'

/** The world as the sandbox needs it. */
export interface SandboxWorld {
  readonly clock: Clock
}

/**
 * An upstream in this process that speaks OpenAI's language: `/chat/completions`, `/embeddings`, `/images/generations`, `/images/edits`,
 * `/audio/transcriptions`, `/audio/translations`, `/audio/speech`, `/moderations`, `/rerank` as Cohere has it, and `/models`. The same request always gets the same answer; see {@link sandboxFaults} for the trouble it can make. A
 * request is known over its tries by its `x-request-id`, which also names its answer.
 */
export function createSandbox({ clock }: SandboxWorld): Transport {
  const world: Running = { clock, tries: new TryCounter(), answers: 0 }
  return {
    send(_, request, sink) {
      const play = (upload?: Upload) => playScript(clock, () => answerOrRefuse(world, request, upload), sink)
      const { streamed, headers } = request
      return streamed === undefined ? play() : playUpload(readUpload(streamed, headers), play, sink)
    },
  }
}

/** Sends to the sandbox what is addressed to {@link sandboxOrigin}, and everything else to the real world. */
export function withSandbox(real: Transport, sandbox: Transport): Transport {
  return { send: (to, request, sink) => (to.origin === sandboxOrigin ? sandbox : real).send(to, request, sink) }
}

interface Running {
  readonly clock: Clock
  readonly tries: TryCounter
  /** How many answers were named, for requests that bring no id. */
  answers: number
}

/** A request the sandbox has agreed to answer. */
interface Accepted {
  readonly request: Readonly<Record<string, unknown>>
  /** What was seen of the file that came with it, where it came as a form. */
  readonly file: FormFile | undefined
  readonly model: string
  readonly fault: Fault | undefined
  readonly identity: AnswerIdentity
}

/** Where the sandbox is asked for something, and what it answers there. */
interface Endpoint {
  readonly path: string
  answer(accepted: Accepted): Script
}

const endpoints: Readonly<Record<OperationName, Endpoint>> = {
  chat: { path: '/chat/completions', answer: chat },
  embeddings: {
    path: '/embeddings',
    answer({ request, fault, model }) {
      const answer = embeddingsAnswer(request)
      const { usage, ...unmetered } = answer
      return spoilJson(fault?.kind === 'nousage' ? unmetered : { ...unmetered, usage }, {
        fault,
        model,
        tokens: answer.data.length,
      })
    },
  },
  images: {
    path: '/images/generations',
    answer({ request, fault, model, identity: { created } }) {
      const drawing = readDrawing(request)
      if (request['stream'] !== true)
        return spoilJson(imagesAnswer(drawing, created), { fault, model, tokens: drawing.count })
      const parts = streamImages(drawing, created, fault?.kind !== 'nousage')
      return spoilStream(parts, { fault, model, includeUsage: false })
    },
  },
  image_edits: {
    path: '/images/edits',
    answer({ request, file, fault, model, identity: { created } }) {
      const drawing = readDrawing(readChange(request, file))
      if (request['stream'] !== true)
        return spoilJson(imagesAnswer(drawing, created), { fault, model, tokens: drawing.count })
      const parts = streamImages(drawing, created, fault?.kind !== 'nousage', 'image_edit')
      return spoilStream(parts, { fault, model, includeUsage: false })
    },
  },
  rerank: {
    path: '/rerank',
    answer({ request, fault, model, identity: { id } }) {
      const { usage, ...unmetered } = rerankAnswer(request, id)
      const answer = fault?.kind === 'nousage' ? unmetered : { ...unmetered, usage }
      return spoilJson(answer, { fault, model, tokens: unmetered.results.length })
    },
  },
  transcription: { path: '/audio/transcriptions', answer: transcript },
  translation: { path: '/audio/translations', answer: transcript },
  speech: {
    path: '/audio/speech',
    answer({ request, fault, model }) {
      const spoken = speak(request)
      if (request['stream_format'] === 'sse')
        return spoilStream(streamSpeech(spoken, fault?.kind !== 'nousage'), { fault, model, includeUsage: false })
      return spoilBytes(spoken.pieces, { fault, contentType: spoken.contentType })
    },
  },
  moderation: {
    path: '/moderations',
    answer({ request, fault, model, identity: { id } }) {
      const answer = moderationAnswer(request, id)
      return spoilJson(answer, { fault, model, tokens: answer.results.length })
    },
  },
}

const endpointAt: ReadonlyMap<string, Endpoint> = new Map(
  Object.values(endpoints).map((endpoint) => [endpoint.path, endpoint]),
)

function answerOrRefuse(world: Running, request: UpstreamRequest, upload: Upload | undefined): Script {
  try {
    return answer(world, request, upload)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return jsonScript(error.status, refusalBody(error), error.headers)
  }
}

function answer(
  world: Running,
  { method, path, headers, body = [] }: UpstreamRequest,
  upload: Upload | undefined,
): Script {
  const [route = ''] = path.split('?', 1)
  if (method === 'GET' && route === '/models') return jsonScript(200, modelList)
  const endpoint = method === 'POST' ? endpointAt.get(route) : undefined
  if (endpoint === undefined) {
    throw new Refusal(404, `The sandbox has no ${method} ${route}.`, { code: 'unknown_url' })
  }

  const request = upload === undefined ? readJson(Buffer.concat(body)) : upload.fields
  const { model } = request
  if (typeof model !== 'string') throw badRequest('"model" must be the id of a model.', 'model')
  const parsed = parseSandboxModel(model)
  if (parsed === undefined) throw unknownModel(model)
  const { fault } = parsed
  const requestId = headers['x-request-id']
  const failed = fault && failAtOnce(fault, model, requestId, world)
  if (failed !== undefined) return failed

  world.answers += 1
  const id = `chatcmpl-sandbox-${requestId ?? world.answers}`
  const created = Math.floor(world.clock.now() / 1000)
  return endpoint.answer({ request, file: upload?.file, model, fault, identity: { id, model, created } })
}

/** The faults that come before any answer. */
function failAtOnce(fault: Fault, model: string, requestId: string | undefined, world: Running): Script | undefined {
  switch (fault.kind) {
    case 'status': {
      if (!world.tries.spoils(fault, model, requestId)) return undefined
      throw askedFor(fault.status, model, fault.status === 429 ? retryAfter(fault.tries) : {})
    }
    case 'refused':
      return world.tries.spoils(fault, model, requestId) ? { body: [], ending: 'refused' } : undefined
    case 'context_length':
      throw new Refusal(
        400,
        `This model's maximum context length is exceeded: the sandbox was asked to fail by "${model}".`,
        { code: 'context_length_exceeded', param: 'messages' },
      )
    case 'content_policy':
      throw new Refusal(400, `The content was declined: the sandbox was asked to fail by "${model}".`, {
        code: 'content_policy_violation',
      })
    default:
      return undefined
  }
}

/** Soon when it will help, so that tests are quick; a second when it will not. */
const retryAfter = (tries: number): Readonly<Record<string, string>> =>
  tries === Infinity ? { 'retry-after': '1' } : { 'retry-after-ms': '20' }

function transcript({ request, file, fault, model }: Accepted): Script {
  const heard = listen(request, file)
  const reportsUsage = fault?.kind !== 'nousage'
  if (request['stream'] === true)
    return spoilStream(streamTranscript(heard, reportsUsage), { fault, model, includeUsage: false })
  const answer = transcriptJson(heard, reportsUsage)
  if (answer !== undefined) return spoilJson(answer, { fault, model, tokens: wordsIn(heard) })
  const { type, body } = transcriptText(heard)
  return spoilBytes(single(Buffer.from(body)), { fault, contentType: type })
}

function chat({ request, model, fault, identity }: Accepted): Script {
  const answer = chatAnswer(request, fault)
  if (request['stream'] !== true) {
    return spoilJson(completion(answer, identity, fault), { fault, model, tokens: answer.pieces.length })
  }
  const options = request['stream_options']
  const includeUsage = isRecord(options) && options['include_usage'] === true
  return spoilStream(streamChat(answer, identity), { fault, model, includeUsage })
}

/** The answer as one JSON object. */
function completion(answer: SandboxAnswer, { id, created, model }: AnswerIdentity, fault: Fault | undefined): unknown {
  const [name, ...rest] = answer.pieces
  const choices = Array.from({ length: answer.choices }, (_, index) => ({
    index,
    message:
      answer.callsTool && name !== undefined
        ? {
            role: 'assistant',
            content: null,
            refusal: null,
            tool_calls: [{ id: toolCallId(id, index), type: 'function', function: { name, arguments: rest.join('') } }],
          }
        : { role: 'assistant', content: answer.pieces.join(''), refusal: null },
    logprobs: null,
    finish_reason: answer.finish,
  }))
  const whole = { id, object: 'chat.completion', created, model, choices }
  return fault?.kind === 'nousage' ? whole : { ...whole, usage: usageOf(answer) }
}

function readJson(body: Buffer): Record<string, unknown> {
  if (body.length > MOST_TEXT_BYTES) return readLarge(body)
  let value: unknown
  try {
    value = JSON.parse(body.toString('utf8'))
  } catch {
    throw badRequest('The request body is not valid JSON.')
  }
  if (!isRecord(value)) throw badRequest('The request body must be a JSON object.')
  return value
}

/** It reads while everybody else waits, and no model has room for more. */
const MOST_TEXT_BYTES = 4 * 1024 * 1024

/** Of a request that is large, files are left out. What is large without them is too large. */
function readLarge(body: Buffer): Record<string, unknown> {
  const scan = scanObject(body)
  if (scan === undefined) throw badRequest('The request body is not valid JSON.')
  const files = scan.longStrings.filter(({ start }) => body.toString('latin1', start, start + FILE.length) === FILE)
  const text = join(
    splice(
      body,
      files.map(({ start, end }) => ({ start, end, text: `${FILE}"` })),
    ),
  )
  if (text.length <= MOST_TEXT_BYTES) return readJson(text)
  const most = `${MOST_TEXT_BYTES / 1024 / 1024} MiB`
  throw new Refusal(400, `The sandbox reads at most ${most} of text, files left out. Send less.`, {
    code: 'context_length_exceeded',
  })
}

/** How a file begins that is sent within the request. */
const FILE = '"data:'

function unknownModel(model: string): Refusal {
  const forms = sandboxFaults.map(({ form, does }) => `${form} (${does})`).join(', ')
  return new Refusal(
    404,
    `The sandbox has no model "${model}". It has "${sandboxModelId}", alone or followed by one of ${forms}.`,
    { code: 'model_not_found', param: 'model' },
  )
}

const modelList = {
  object: 'list',
  data: [{ id: sandboxModelId, object: 'model', created: 0, owned_by: 'speka' }],
}
