import { completeTokens } from '../token-count.ts'
import { estimateInputTokens } from '../estimate-input.ts'
import { tokensBeside } from '../chat/most-of-chat.ts'
import type { Operation } from '../operation.ts'
import { inputsOf, readModerationCall, writeModerationCall, type ModerationCall } from './moderation-call.ts'
import type { ModerationRequest } from './moderation.ts'

/** What an upstream may put around each text: marks of its ends, or the rules that it is held to. */
const TOKENS_AROUND_INPUT = 2048

/** Texts and pictures, judged by whether they may be shown. */
export const moderationOperation: Operation<ModerationCall> = {
  paths: ['/v1/moderations'],
  read: readModerationCall,
  write: (request, facts) => writeModerationCall(request as unknown as ModerationRequest, facts),
  units: ['input', 'request'],
  isFree: true,
  tellingField: 'input',
  saying: (text) => ({ input: text || ' ' }),

  size: (call) => ({ inputTokens: estimateInputTokens(call), outputTokens: 0, images: undefined }),
  choices: () => 1,

  mostInputTokens: (call) => call.body.length + tokensOfPictures(call) + TOKENS_AROUND_INPUT * inputsOf(call),
  mostOutputTokens: () => 0,
  completeUsage: (usage, call) => completeTokens(usage, call),
  usageSoFar: (usage, call) => completeTokens(usage, call),
  usageJson: ({ inputTokens = 0, estimated }) => ({
    prompt_tokens: inputTokens,
    total_tokens: inputTokens,
    ...(estimated === true && { estimated }),
  }),

  endStream: ({ frames }) => frames,
}

/** What its parts may come to besides their bytes. */
const tokensOfPictures = ({ outline: { input } }: ModerationCall): number =>
  Array.isArray(input) && typeof input[0] !== 'string'
    ? input.reduce((tokens: number, part) => tokens + tokensBeside(part), 0)
    : 0
