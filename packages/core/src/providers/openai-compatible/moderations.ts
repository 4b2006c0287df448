import { setMember, type Edit } from '../../bytes/splice.ts'
import type { ModerationCall } from '../../operations/moderation/moderation-call.ts'
import type { UpstreamRequest } from '../../transport.ts'
import type { ProviderOperation, TranslationTarget } from '../provider.ts'
import { parametersLeft } from '../sent-parameters.ts'
import { isGatewayField, jsonRequest } from './json-request.ts'
import { readModeration } from './read-moderation.ts'

const PATH = '/moderations'

/** What an upstream takes of a moderation request in another way than OpenAI. */
export interface ModerationRules {
  /** The fields that it takes. Default: whatever callers send. */
  readonly takes?: ReadonlySet<string>
  /**
   * The input as it wants it; `undefined`: as the caller sent it. Default: always so.
   *
   * @throws SpekaError for what it cannot judge.
   */
  readonly writeInput?: (call: ModerationCall) => readonly string[] | undefined
}

/** Moderations of an upstream that speaks OpenAI's API, within its rules. */
export function moderationsByRules({ takes, writeInput }: ModerationRules): ProviderOperation<ModerationCall> {
  const leavesOut = (key: string): boolean => isGatewayField(key) || takes?.has(key) === false
  const request = (call: ModerationCall, target: TranslationTarget): UpstreamRequest => {
    const input = writeInput?.(call)
    const edits: Edit[] = input === undefined ? [] : [setMember(call.scan, 'input', JSON.stringify(input))]
    return jsonRequest(PATH, call, target, false, edits, leavesOut)
  }
  return {
    *answer(call, target) {
      const reply = yield { send: request(call, target) }
      return readModeration(reply, call, target)
    },
    unsupported: ({ outline }) => (takes === undefined ? [] : parametersLeft(outline, takes)),
  }
}

/** Moderations of another gateway, which gets every field as it is. */
export const moderationsOfGateway: ProviderOperation<ModerationCall> = {
  *answer(call, target) {
    const reply = yield { send: jsonRequest(PATH, call, target, true) }
    return readModeration(reply, call, target, true)
  },
}
