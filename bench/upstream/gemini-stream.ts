import { httpChunk, lastChunk, streamHead, wordAt } from './answers.ts'

/** A stream of `length` events that say something, as Gemini's `streamGenerateContent` sends it, from head to end. */
export function geminiStream(model: string, length: number): Buffer {
  const texts = Array.from({ length }, (_, index) => {
    const candidate = { content: { parts: [{ text: wordAt(index) }], role: 'model' }, index: 0 }
    return event(model, index === length - 1 ? { ...candidate, finishReason: 'STOP' } : candidate, index + 1)
  })
  return Buffer.concat([streamHead, ...texts, lastChunk])
}

function event(modelVersion: string, candidate: object, said: number): Buffer {
  const usageMetadata = { promptTokenCount: 25, candidatesTokenCount: said, totalTokenCount: 25 + said }
  const response = { candidates: [candidate], usageMetadata, modelVersion, responseId: 'bench' }
  return httpChunk(`data: ${JSON.stringify(response)}\r\n\r\n`)
}
