import { isRecord, type Json } from '../../json.ts'
import type { Block } from '../anthropic/turns.ts'
import { unsupportedPart } from '../translated/read-parts.ts'

/** A content block of Converse's. */
export type ConverseBlock = Readonly<Record<string, unknown>>

/**
 * Blocks as Converse has them: Anthropic's, under other names.
 *
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 *
 * @param cachePoints whether what callers mark is cached up to there.
 * @throws SpekaError `unsupported_parameter` for what it has no room for.
 */
export const converseBlocks = (blocks: readonly Block[], cachePoints = false): ConverseBlock[] =>
  blocks
    .filter(({ type }) => !THOUGHTS.has(type))
    .flatMap((block) => (cachePoints && isMarked(block) ? [converseBlock(block), CACHE_POINT] : [converseBlock(block)]))

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CachePointBlock.html */
const CACHE_POINT: ConverseBlock = { cachePoint: { type: 'default' } }

/** Whether a prompt is cached up to the end of a block: within a result there is no place for a point. */
const isMarked = ({ cache_control: mark, content }: Block): boolean =>
  isRecord(mark) || (Array.isArray(content) && (content as Block[]).some(isMarked))

/**
 * Models that are known to cache what a point stands behind: others refuse one. Their tools have no place for it.
 *
 * https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
 */
export const takesCachePoints = (upstreamModel: string): boolean => /(?:^|[./])amazon\.nova-/.test(upstreamModel)

/** Signed by Claude, which is asked in another way: other models refuse them. */
const THOUGHTS: ReadonlySet<string> = new Set(['thinking', 'redacted_thinking'])

function converseBlock(block: Block): ConverseBlock {
  switch (block.type) {
    case 'text':
      return { text: block['text'] }
    case 'image':
      return { image: pictureOf(block) }
    case 'document':
      return { document: documentOf(block) }
    case 'tool_use':
      return { toolUse: { toolUseId: block['id'], name: block['name'], input: block['input'] } }
    case 'tool_result':
      return { toolResult: { toolUseId: block['tool_use_id'], content: resultOf(block['content']) } }
    default:
      throw unsupportedPart('messages', block.type)
  }
}

/** It wants something in every result. */
function resultOf(content: unknown): ConverseBlock[] {
  const blocks = Array.isArray(content) ? converseBlocks(content as Block[]) : []
  return blocks.length === 0 ? [{ text: '(no text)' }] : blocks
}

/** What it takes, by media type: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html */
const pictures: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html */
const documents: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/plain': 'txt',
  'text/markdown': 'md',
}

const pictureOf = ({ source }: Block): Json => fileOf('image_url', source, pictures)

/** Its name is told to the model, and must be of few letters. */
const documentOf = ({ source }: Block): Json => ({ name: 'document', ...fileOf('file', source, documents) })

function fileOf(type: string, source: unknown, formats: Readonly<Record<string, string>>): Json {
  const { media_type: mediaType, data, ...given } = isRecord(source) ? source : {}
  const format = Object.hasOwn(formats, String(mediaType)) ? formats[String(mediaType)] : undefined
  // It fetches nothing from the web.
  if (format === undefined || typeof data !== 'string') throw unsupportedPart('messages', type)
  return { format, source: { bytes: given['type'] === 'text' ? Buffer.from(data).toString('base64') : data } }
}
