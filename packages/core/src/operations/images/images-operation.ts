import { asBuffer } from '../../bytes/scan-object.ts'
import { HIDDEN_TOKENS } from '../chat/most-of-chat.ts'
import { estimateInputTokens } from '../estimate-input.ts'
import type { Operation } from '../operation.ts'
import { imageEvents, NO_TOKENS, withUsage } from './image-events.ts'
import { readImagesCall, writeImagesCall, type ImagesCall } from './images-call.ts'
import type { ImagesRequest } from './images.ts'

/** The longest answer of one image: what Gemini's image models may write at once (ai.google.dev/gemini-api/docs/models). */
const TOKENS_PER_IMAGE_MADE = 32_768

/** Pictures drawn from a text. */
export const imagesOperation: Operation<ImagesCall> = {
  paths: ['/v1/images/generations'],
  read: readImagesCall,
  write: (request, facts) => writeImagesCall(request as unknown as ImagesRequest, facts),
  units: ['input', 'cached_input', 'output', 'reasoning', 'image', 'request'],
  tellingField: 'prompt',
  saying: (text) => ({ prompt: text || ' ' }),

  size: (call) => ({ inputTokens: estimateInputTokens(call), outputTokens: 0, images: imagesAsked(call) }),
  choices: () => 1,

  mostInputTokens: ({ body }) => body.length + HIDDEN_TOKENS,
  mostOutputTokens: (call) => TOKENS_PER_IMAGE_MADE * imagesAsked(call),
  mostImages: (call) => imagesAsked(call),
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
  asEvents: imageEvents,
  /** The last event is the one of the finished image. */
  endStream({ frames, usage }) {
    const last = frames.at(-1)
    const told = usage()
    if (last === undefined || told === undefined) return frames
    return [...frames.slice(0, -1), withUsage(asBuffer(last), told)]
  },
}

const imagesAsked = ({ outline }: ImagesCall): number => outline.n ?? 1
