import type { AIMessage, ContentBlock } from '@langchain/core/messages'
import { MODEL_PROVIDER } from './metadata.ts'

interface Translator {
  translateContent(message: AIMessage): ContentBlock.Standard[]
  translateContentChunk(message: AIMessage): ContentBlock.Standard[]
}

/** Where LangChain finds how a provider's messages become standard content blocks. It exports no way to add one. */
const registry = (globalThis as { lc_block_translators_registry?: Map<string, Translator> })
  .lc_block_translators_registry

/** Text, images, tool calls and refusals are as OpenAI has them; reasoning stands beside and goes in front. */
function withReasoning(message: AIMessage): ContentBlock.Standard[] {
  const { reasoning_content: reasoning } = message.additional_kwargs
  const blocks = registry?.get('openai')?.translateContent(message) ?? []
  return typeof reasoning === 'string' && reasoning !== '' ? [{ type: 'reasoning', reasoning }, ...blocks] : blocks
}

/** Teaches LangChain that the messages of `ChatSpeka` can have reasoning: `message.contentBlocks` shows it. */
export function registerReasoningBlocks(): void {
  registry?.set(MODEL_PROVIDER, { translateContent: withReasoning, translateContentChunk: withReasoning })
}
