import type { Failure } from '../../failure.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { ChatCall } from '../../operations/chat/chat-call.ts'
import type { ChatExtras, ContinuationStyle } from '../../operations/chat/chat-extras.ts'
import type { TranscriptionCall, TranslationCall } from '../../operations/transcription/recording-call.ts'
import { chatRequest, gatewayChatRequest, unsupportedFields } from './chat-request.ts'
import { readChatAnswer } from './chat-answer.ts'
import type { ChatRules } from './chat-rules.ts'
import { ChatStreamTranslator, streamFromAnswer } from './chat-stream.ts'
import { classifyReply } from './classify.ts'
import { namedAfter } from './complete-answer.ts'
import { continueChat } from './continue-chat.ts'
import { embeddingsByRules, embeddingsOfGateway } from './embeddings.ts'
import type { EmbeddingsRules } from './embeddings-rules.ts'
import { classifyGatewayReply } from './gateway-answer.ts'
import { imageEditsByRules, imageEditsOfGateway } from './image-edits.ts'
import { imagesByRules, imagesOfGateway } from './images.ts'
import type { ImagesRules } from './images-rules.ts'
import { moderationsByRules, moderationsOfGateway, type ModerationRules } from './moderations.ts'
import { recordingsByRules } from './recordings.ts'
import { rerankLikeCohere, rerankOfGateway } from './rerank.ts'
import { speechLikeOpenAI } from './speech.ts'
import type { Provider, Reply, TranslationTarget } from '../provider.ts'

export interface OpenAICompatibleOptions {
  /**
   * Whether the upstream is a gateway that retries and falls back by itself: it gets every field as it is.
   * @default false
   */
  readonly routesItself?: boolean
  /**
   * Whether its chat answers may hold pictures. One that routes by itself may always.
   * @default false
   */
  readonly makesPictures?: boolean
  /** What it takes of a chat request. Default: whatever callers send. */
  readonly rules?: ChatRules
  /** What it takes of an embeddings request, or that it has none. Default: whatever callers send. */
  readonly embeddings?: EmbeddingsRules | 'none'
  /** What it takes of an image request, or that it has none. Default: what OpenAI takes. */
  readonly images?: ImagesRules | 'none'
  /** What it takes of pictures to be changed, at OpenAI's path. Default: nothing, or everything if it routes by itself. */
  readonly imageEdits?: ImagesRules
  /**
   * Whether it has Cohere's `/rerank` too. One that routes by itself always has.
   * @default false
   */
  readonly reranks?: boolean
  /** What it does with sound, at OpenAI's paths. Default: nothing, or everything if it routes by itself. */
  readonly audio?: readonly AudioName[]
  /** How it judges texts, at OpenAI's path. Default: it does not, or whatever it is sent if it routes by itself. */
  readonly moderation?: ModerationRules | undefined
  /** How it is told to go on with an answer that broke off. Default: it cannot be. */
  readonly continues?: ContinuationStyle
  /** What it takes of a chat request that others refuse. Default: nothing. */
  readonly extras?: ChatExtras
  /** What a reply that is not a success means. Default: what it means at most upstreams. */
  readonly classify?: (reply: Reply) => Failure
}

/** What OpenAI's API does with sound, the usual first. */
export const allAudio = ['transcription', 'translation', 'speech'] as const

/** One of {@link allAudio}. */
export type AudioName = (typeof allAudio)[number]

/** Whether an answer may hold pictures because its caller has asked for them, as OpenRouter and gateways like it are asked. */
function asksForPictures({ outline }: ChatCall): boolean {
  const { modalities } = outline
  return Array.isArray(modalities) && modalities.includes('image')
}

/** An upstream that speaks OpenAI's API. */
export function openAICompatible(type: string, options: OpenAICompatibleOptions = {}): Provider {
  const { routesItself = false, makesPictures = routesItself, rules = {}, embeddings, images, continues } = options
  const { reranks = routesItself, audio = routesItself ? allAudio : [], moderation, imageEdits, extras } = options
  const { classify = routesItself ? classifyGatewayReply : classifyReply } = options
  const request = (call: ChatCall, target: TranslationTarget): UpstreamRequest =>
    routesItself ? gatewayChatRequest(call, target) : chatRequest(call, target, rules)
  const takes = { ...extras, ...(continues !== undefined && { prefill: continues }) }
  return {
    type,
    routesItself,
    ...(Object.keys(takes).length > 0 && { chatExtras: () => takes }),
    chat: {
      *answer(call, target) {
        const reply = yield { send: request(call, target) }
        return readChatAnswer(reply, target, namedAfter(call), routesItself)
      },
      stream(call, target) {
        const name = namedAfter(call)
        return {
          request: request(call, target),
          translator: new ChatStreamTranslator(target, name, routesItself),
          fromAnswer: (body, emit) => streamFromAnswer(body, target, name, emit),
          holdsPictures: makesPictures || asksForPictures(call),
        }
      },
      unsupported: (call, target) => (routesItself ? [] : unsupportedFields(call, target, rules)),
      ...(continues !== undefined && { continuation: (call, said) => continueChat(call, said, continues) }),
    },
    ...(embeddings !== 'none' && { embeddings: routesItself ? embeddingsOfGateway : embeddingsByRules(embeddings) }),
    ...(images !== 'none' && { images: routesItself ? imagesOfGateway : imagesByRules(images) }),
    ...(routesItself && { image_edits: imageEditsOfGateway }),
    ...(imageEdits !== undefined && { image_edits: imageEditsByRules(imageEdits) }),
    ...(reranks && { rerank: routesItself ? rerankOfGateway : rerankLikeCohere }),
    ...(audio.includes('transcription') && {
      transcription: recordingsByRules<TranscriptionCall>({ path: '/audio/transcriptions', isGateway: routesItself }),
    }),
    ...(audio.includes('translation') && {
      translation: recordingsByRules<TranslationCall>({ path: '/audio/translations', isGateway: routesItself }),
    }),
    ...(audio.includes('speech') && { speech: speechLikeOpenAI(routesItself) }),
    ...(routesItself && { moderation: moderationsOfGateway }),
    ...(moderation !== undefined && { moderation: moderationsByRules(moderation) }),
    classify,
  }
}
