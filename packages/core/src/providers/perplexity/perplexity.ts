import { classifyReply } from '../openai-compatible/classify.ts'
import { chatByResponses } from '../openai/responses.ts'
import type { Provider } from '../provider.ts'
import { agentRequest, lostAtAgents } from './agent-request.ts'

/**
 * Perplexity, by its Agent API, which is OpenAI's of responses: that of Sonar in the shape of chat ended in September 2026.
 *
 * https://docs.perplexity.ai/api-reference/agent-post
 */
export const perplexity: Provider = {
  type: 'perplexity',
  chat: chatByResponses(agentRequest, lostAtAgents),
  classify: classifyReply,
}
