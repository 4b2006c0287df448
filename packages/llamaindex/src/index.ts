export { SpekaLLM, type SpekaLLMOptions, type SpekaMessageOptions } from './speka-llm.ts'
export { SpekaEmbedding, type SpekaEmbeddingOptions } from './speka-embedding.ts'
export type { SpekaRaw } from './answer.ts'
