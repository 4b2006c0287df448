import type { Json } from '../../json.ts'
import { modelName, modelPath } from './model-path.ts'

/** What hosts of Gemini's models differ in. */
export interface GeminiHost {
  /** Whether tool calls and their results have ids there. */
  readonly takesCallIds: boolean
  /**
   * Where a model is asked.
   *
   * @param method what is asked of it: `generateContent`.
   */
  path(upstreamModel: string, method: string): string
  /** What is sent to have the tokens of a request counted. */
  counted(request: Json, upstreamModel: string): Json
}

export const geminiApi: GeminiHost = {
  takesCallIds: true,
  path: modelPath,
  counted: (request, upstreamModel) => ({
    generateContentRequest: { model: modelName(upstreamModel), ...request },
  }),
}
