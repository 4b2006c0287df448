import { openAICompatible } from '../openai-compatible/openai-compatible.ts'

/** Another Speka: it gets every field as it is, `models` included, and falls back by itself. */
export const speka = openAICompatible('speka', { routesItself: true })
