import { isRecord } from '../json.ts'
import { writeUsage } from '../providers/translated/write-usage.ts'
import { lengthOfWords, TokenCount, textLengthOf } from '../providers/token-count.ts'
import type { Bytes } from '../transport.ts'
import type { Usage } from '../usage.ts'
import type { Call } from '../operations/call.ts'
import { NO_TOKENS } from '../operations/images/image-events.ts'
import { asBuffer, LONG_STRING_BYTES } from '../bytes/scan-object.ts'

/**
 * Usage with what the provider left out filled in and marked as an estimate. A zero is no count where there was something to
 * count: only an answer without a word may have used nothing.
 *
 * @param outputTokens a count of the output, asked for only when it is needed.
 */
export function completeUsage(usage: Usage, call: Call, outputTokens: () => number): Usage {
  if (call.endpoint === 'images') return usage
  const { inputTokens, outputTokens: told } = usage
  const isWhole = call.endpoint === 'embeddings' || isCounted(told)
  if (isCounted(inputTokens) && isWhole) return usage
  const output = isWhole ? told : outputTokens()
  if (call.endpoint === 'chat' && inputTokens === 0 && told === 0 && output === 0) return usage
  const input = isCounted(inputTokens) ? inputTokens : tokensInPrompt(call)
  if (input === inputTokens && output === told) return usage
  return { ...usage, inputTokens: input, outputTokens: output, estimated: true }
}

const isCounted = (count: number | undefined): boolean => count !== undefined && count > 0

/**
 * Usage of a stream that did not come to its end. Some providers count as they go, and the last count told may be from the
 * beginning: what was delivered counts at least.
 */
export function usageSoFar(usage: Usage, call: Call, outputTokens: number): Usage {
  // An image that was not finished is none.
  if (call.endpoint === 'images') return { ...usage, images: usage.images ?? 0 }
  const known = completeUsage(usage, call, () => outputTokens)
  return (known.outputTokens ?? 0) >= outputTokens || call.endpoint !== 'chat'
    ? known
    : { ...known, outputTokens, estimated: true }
}

/** About how many tokens a prompt has: its words, and a few for each message's frame. */
export function tokensInPrompt({ body, outline, scan, promptTokens }: Call): number {
  if (promptTokens !== undefined) return promptTokens
  const { messages = [], tools, input, prompt } = outline as Readonly<Record<string, unknown>>
  const count = new TokenCount()
  // What was too long to be parsed is counted where it stands in the body; a call made by code has it in its outline too.
  const longest = scan.longStrings.length === 0 ? Infinity : LONG_STRING_BYTES - QUOTES
  count.add(0, lengthOfWords([messages, tools, input, prompt], longest))
  let tokens = FRAME_TOKENS * (Array.isArray(messages) ? messages.length : 0)
  for (const { start, end } of scan.longStrings) {
    if (isFile(body, start)) tokens += TOKENS_PER_FILE
    else count.add(0, end - start)
  }
  return count.tokens + tokens
}

const FRAME_TOKENS = 4
const QUOTES = 2
/** About what an image comes to, or a minute and a half of sound: their bytes say nothing of it. */
const TOKENS_PER_FILE = 1000

/** Whether the string that begins at `start` is no words but a file, by the name of its field. */
const isFile = (body: Bytes, start: number): boolean =>
  FILE_FIELD.test(asBuffer(body).toString('latin1', Math.max(0, start - LONGEST_FIELD), start))

/** Where chat's parts of a message have images, sounds and other files. */
const FILE_FIELD = /"(?:url|data|file_data)"\s*:\s*$/
const LONGEST_FIELD = 20

/** About how many tokens a whole answer has. */
export function tokensInAnswer(body: Bytes): number {
  const value: unknown = JSON.parse(asBuffer(body).toString('utf8'))
  const choices = isRecord(value) && Array.isArray(value['choices']) ? value['choices'].filter(isRecord) : []
  const count = new TokenCount()
  count.add(0, textLengthOf(choices))
  return count.tokens
}

/** Usage that is not as the provider told it in OpenAI's shape, for the caller who is charged by it. */
export function usageJsonOf(usage: Usage, { endpoint }: Call): Record<string, unknown> {
  const { inputTokens = 0, outputTokens = 0, images, estimated } = usage
  const total = inputTokens + outputTokens
  const mark = estimated === true && { estimated }
  switch (endpoint) {
    case 'chat':
      return { ...writeUsage({ ...usage, inputTokens, outputTokens }), ...mark }
    case 'embeddings':
      return { prompt_tokens: inputTokens, total_tokens: total, ...mark }
    case 'images':
      return { ...NO_TOKENS, input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: total, images }
  }
}
