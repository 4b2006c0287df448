import { SpekaError } from '../../errors.ts'
import type { Json } from '../../json.ts'
import type { ImageEditsCall } from '../../operations/image-edits/image-edits-call.ts'
import { sizeOf } from '../../operations/images/check-images-request.ts'
import type { DrawingCall } from '../../operations/images/drawing-operation.ts'
import type { ImagesCall } from '../../operations/images/images-call.ts'
import type { Image } from '../../operations/images/images.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { Usage } from '../../usage.ts'
import { formInJson } from '../../wire/form/form-in-json.ts'
import { BadReplyError, badReply } from '../bad-reply.ts'
import { wholeFields } from '../flux/whole-field.ts'
import { formatOf, imageOf } from '../openai-compatible/images-answer.ts'
import { writeImagesAnswer } from '../openai-compatible/write-images-answer.ts'
import type { Answer, ProviderOperation, Reply, Step, TranslationTarget } from '../provider.ts'
import { parametersLeft } from '../sent-parameters.ts'
import type { GeminiHost } from './gemini-host.ts'
import { HEADERS } from './generate-request.ts'
import { readResponse } from './read-response.ts'

/** What draws pictures, from words alone and from others. */
interface Drawing {
  readonly images: ProviderOperation<ImagesCall>
  readonly image_edits: ProviderOperation<ImageEditsCall>
}

/**
 * Models of Gemini's that answer with pictures, asked to draw: one with each request.
 *
 * https://ai.google.dev/gemini-api/docs/image-generation
 */
export const drawingAt = (host: GeminiHost): Drawing => ({
  images: {
    *answer(call, target) {
      const made: Drawn[] = []
      for (let index = 0; index < (call.outline.n ?? 1); index += 1)
        made.push(readDrawn(yield { send: fromWords(call, target, host) }, call))
      return yield* answerOf(made, call)
    },
    unsupported: ({ outline }) => left(outline, ['n']),
  },
  image_edits: {
    *answer(call, target) {
      return yield* answerOf([readDrawn(yield { send: fromPictures(call, target, host) }, call)], call)
    },
    unsupported: ({ outline }) => left(outline, ['images', 'mask']),
  },
})

/** A text as part of what is said, and how to answer. */
const TAKEN = ['prompt', 'size', 'response_format']

const left = (outline: DrawingCall['outline'], more: readonly string[]): string[] =>
  parametersLeft(outline, new Set([...TAKEN, ...more])).filter((name) => outline[name] !== 'auto')

function fromWords(call: ImagesCall, target: TranslationTarget, host: GeminiHost): UpstreamRequest {
  const { prompt: text } = wholeFields(call, ['prompt'])
  const body = { generationConfig: configOf(call), contents: [{ role: 'user', parts: [{ text }] }] }
  return { ...headOf(target, host), body: [Buffer.from(JSON.stringify(body))] }
}

/** @throws SpekaError `unsupported_parameter` for pictures that it would have to fetch, and for a mask, of which it knows none. */
function fromPictures(call: ImageEditsCall, target: TranslationTarget, host: GeminiHost): UpstreamRequest {
  const { form, outline } = call
  if (form === undefined)
    throw refused('images', 'fetches no pictures from the web. Send them as files, or as data: URLs.')
  if (form.file.names.includes('mask')) throw refused('mask', 'takes no mask. Say in the prompt what to change.')
  const head = `{"generationConfig":${JSON.stringify(configOf(call))},"contents":[{"role":"user","parts":[${JSON.stringify({ text: outline.prompt })}`
  const pictures = formInJson(
    form,
    head,
    (_, type) => ({ before: `,{"inlineData":{"mimeType":"${mediaType(type)}","data":"`, after: '"}}' }),
    ']}]}',
  )
  return { ...headOf(target, host), streamed: pictures }
}

const headOf = ({ upstreamModel }: TranslationTarget, host: GeminiHost) =>
  ({ method: 'POST', path: host.path(upstreamModel, 'generateContent'), headers: HEADERS }) as const

const refused = (param: string, says: string): SpekaError =>
  new SpekaError('unsupported_parameter', `This model ${says}`, { param })

/** Of a file that does not say what it is, a picture is taken for the usual. */
const mediaType = (type: string): string => (/^image\/[\w.+-]+$/.test(type) ? type : 'image/png')

function configOf({ outline }: DrawingCall): Json {
  const size = sizeOf(outline.size)
  // Some models draw only with words beside it.
  return {
    responseModalities: ['TEXT', 'IMAGE'],
    ...(size !== undefined && { imageConfig: { aspectRatio: nearestShape(size.width / size.height) } }),
  }
}

/** The shapes that it draws: https://ai.google.dev/gemini-api/docs/image-generation#aspect_ratios */
const shapes = ['1:1', '2:3', '3:2', '3:4', '4:3', '4:5', '5:4', '9:16', '16:9', '21:9']

function nearestShape(ratio: number): string {
  const far = (shape: string): number => {
    const [width = 1, height = 1] = shape.split(':').map(Number)
    return Math.abs(Math.log(width / height / ratio))
  }
  return shapes.reduce((nearest, shape) => (far(shape) < far(nearest) ? shape : nearest))
}

interface Drawn {
  /** Where each is, mostly within a `data:` URL. */
  readonly urls: readonly string[]
  readonly usage: Usage
}

/** @throws BadReplyError when there is no picture. */
function readDrawn({ body }: Reply, call: DrawingCall): Drawn {
  const { choices, usage } = readResponse(body, call.id)
  const urls = choices.flatMap(({ images = [] }) => images.map(({ image_url: { url } }) => url))
  if (urls.length === 0) throw new BadReplyError(badReply('answered with words instead of a picture'))
  return { urls, usage }
}

function* answerOf(made: readonly Drawn[], call: DrawingCall): Generator<Step, Answer, Reply> {
  const images: Image[] = []
  for (const url of made.flatMap(({ urls }) => urls)) images.push(yield* imageOf({ url }, formatOf(call)))
  const [input, output] = [sumOf(made, 'inputTokens'), sumOf(made, 'outputTokens')]
  const usage =
    input === undefined || output === undefined
      ? undefined
      : { input_tokens: input, output_tokens: output, total_tokens: input + output }
  return writeImagesAnswer(Buffer.from(JSON.stringify(images)), {
    count: images.length,
    created: call.receivedAt / 1000,
    usage,
  })
}

/** `undefined` where one of them did not say. */
const sumOf = (made: readonly Drawn[], count: 'inputTokens' | 'outputTokens'): number | undefined =>
  made.reduce<number | undefined>(
    (sum, { usage: { [count]: told } }) => (sum === undefined || told === undefined ? undefined : sum + told),
    0,
  )
