import { isRecord, type Json } from '../../json.ts'

/** What Converse counts, by Anthropic's names: it too counts what the cache had apart from the rest of the prompt. */
export function usageAsClaude(usage: unknown): Json {
  if (!isRecord(usage)) return {}
  return {
    input_tokens: usage['inputTokens'],
    output_tokens: usage['outputTokens'],
    cache_read_input_tokens: usage['cacheReadInputTokens'],
    cache_creation_input_tokens: usage['cacheWriteInputTokens'],
  }
}

/** Whether a reply of Converse's has the input of a tool call in it. */
export function holdsToolUse({ output }: Json): boolean {
  const message = isRecord(output) ? output['message'] : undefined
  const content = isRecord(message) ? message['content'] : undefined
  return Array.isArray(content) && content.some((block) => isRecord(block) && 'toolUse' in block)
}

/** A reply of Converse's as a message of Anthropic's, whose blocks are the same under other names. */
export function asMessage({ output, stopReason, usage, ...rest }: Json): Json {
  const message = isRecord(output) ? output['message'] : undefined
  const content = isRecord(message) ? message['content'] : undefined
  return {
    ...rest,
    content: Array.isArray(content) ? content.filter(isRecord).flatMap(asBlock) : undefined,
    stop_reason: stopReason,
    usage: usageAsClaude(usage),
  }
}

function asBlock({ text, toolUse, reasoningContent }: Json): Json[] {
  if (typeof text === 'string') return [{ type: 'text', text }]
  if (isRecord(toolUse))
    return [{ type: 'tool_use', id: toolUse['toolUseId'], name: toolUse['name'], input: toolUse['input'] }]
  if (!isRecord(reasoningContent)) return []
  const { reasoningText, redactedContent } = reasoningContent
  if (isRecord(reasoningText))
    return [{ type: 'thinking', thinking: reasoningText['text'], signature: reasoningText['signature'] }]
  return [{ type: 'redacted_thinking', data: redactedContent }]
}
