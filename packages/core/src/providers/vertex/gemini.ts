import { geminiAt } from '../gemini/gemini.ts'
import type { Provider } from '../provider.ts'
import { embeddings } from './embeddings.ts'
import { publisherPath } from './publisher-path.ts'

/** Gemini at Vertex, which knows no ids of tool calls: vercel/ai#15891, pydantic/pydantic-ai#5081. */
export const geminiAtVertex: Provider = {
  ...geminiAt('vertex', {
    takesCallIds: false,
    path: (upstreamModel, method) => publisherPath('google', upstreamModel, method),
    counted: (request) => request,
  }),
  embeddings,
}
