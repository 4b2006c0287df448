import { asBuffer } from '../../bytes/scan-object.ts'
import type { CallBody } from '../../wire/call-facts.ts'
import type { ImageEditsCall } from '../image-edits/image-edits-call.ts'
import { estimateInputTokens } from '../estimate-input.ts'
import { HIDDEN_TOKENS } from '../chat/most-of-chat.ts'
import type { Operation } from '../operation.ts'
import { imageEvents, NO_TOKENS, withUsage, type ImageEventKind } from './image-events.ts'
import type { ImagesCall } from './images-call.ts'
import type { ImagesRequest } from './images.ts'

/** The longest answer of one image: what Gemini's image models may write at once (ai.google.dev/gemini-api/docs/models). */
const TOKENS_PER_IMAGE_MADE = 32_768

/** What draws pictures, from a text alone or from others. */
export type DrawingCall = ImagesCall | ImageEditsCall

/** In what the two differ. */
interface Ways<Asked extends DrawingCall> extends Pick<
  Operation<Asked>,
  'paths' | 'tellingField' | 'saying' | 'read' | 'readForm' | 'write'
> {
  /** How its events are called. */
  readonly events: ImageEventKind
  /** How many tokens the pictures that are sent may come to. */
  readonly tokensSent: (call: Asked) => number
}

/** What all pictures that are drawn have in common. */
export function drawingOperation<Asked extends DrawingCall>(ways: Ways<Asked>): Operation<Asked> {
  const { events, tokensSent, ...own } = ways
  return {
    ...own,
    units: ['input', 'cached_input', 'output', 'reasoning', 'image', 'request'],

    size: (call) => ({
      inputTokens: estimateInputTokens(call) + tokensSent(call),
      outputTokens: 0,
      images: imagesAsked(call),
    }),
    choices: () => 1,

    mostInputTokens: (call) => call.body.length + HIDDEN_TOKENS + tokensSent(call),
    mostOutputTokens: (call) => TOKENS_PER_IMAGE_MADE * imagesAsked(call),
    mostImages: imagesAsked,
    completeUsage: (usage) => usage,
    /** An image that was not finished is none. */
    usageSoFar: (usage) => ({ ...usage, images: usage.images ?? 0 }),
    usageJson: ({ inputTokens = 0, outputTokens = 0, images }) => ({
      ...NO_TOKENS,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      images,
    }),

    // An image takes its time before anything of it shows: the deadline alone ends the wait.
    stream: { holdsPictures: true, mayBeSilent: true },
    asEvents: (body) => imageEvents(body, events),
    /** The last event is the one of the finished image. */
    endStream({ frames, usage }) {
      const last = frames.at(-1)
      const told = usage()
      if (last === undefined || told === undefined) return frames
      return [...frames.slice(0, -1), withUsage(asBuffer(last), told)]
    },
  }
}

const imagesAsked = ({ outline }: CallBody<ImagesRequest>): number => outline.n ?? 1
