import type { Surface } from './operation-name.ts'

/** Members that steer the gateway, whatever is asked for. */
const everywhere = ['model', 'models', 'provider', 'stream']

const ofSurfaces: Readonly<Record<Surface, readonly string[]>> = {
  chat: ['messages', 'stream_options', 'max_tokens', 'max_completion_tokens', 'n'],
  completions: ['prompt', 'stream_options', 'max_tokens', 'n'],
  responses: ['input', 'max_output_tokens', 'background', 'previous_response_id', 'conversation'],
  messages: ['messages', 'max_tokens'],
  embeddings: ['input'],
  images: ['prompt', 'n', 'size'],
  image_edits: ['prompt', 'n', 'size', 'images'],
  rerank: ['query', 'documents'],
  transcription: ['file'],
  translation: ['file'],
  speech: ['input', 'voice', 'stream_format'],
  moderation: ['input'],
}

/**
 * Members that decide what a request costs or where it goes. Two parsers may keep a different one of two, so there may be one,
 * whatever is asked for: nobody has a use for two.
 */
export const decisiveMembers: ReadonlySet<string> = new Set([...everywhere, ...Object.values(ofSurfaces).flat()])

/** The same of one API. What decides nothing there may stand behind a file that is on its way already. */
export const decisiveMembersOf = (surface: Surface): ReadonlySet<string> =>
  new Set([...everywhere, ...ofSurfaces[surface]])
