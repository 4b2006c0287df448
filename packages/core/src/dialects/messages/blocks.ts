import { isRecord, type Json } from '../../json.ts'
import { missing, object, textOrList, wrong } from '../../wire/check-field.ts'

/**
 * The blocks of a content, of which a plain text is one.
 *
 * @throws SpekaError `invalid_value` or `missing_required_parameter`, with the place in `param`.
 */
export function blocksOf(content: unknown, path: string): Json[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw wrong(path, textOrList)
  return content.map((block: unknown, index) => {
    if (!isRecord(block)) throw wrong(`${path}[${index}]`, object)
    if (typeof block['type'] !== 'string') throw missing(`${path}[${index}].type`, 'what the block is, such as "text"')
    return block
  })
}

/** The blocks of a content as far as there are any, with nothing refused. */
export const blocksIn = (content: unknown): Json[] => (Array.isArray(content) ? content.filter(isRecord) : [])

/** Whether a block is a thought of a model's. */
export const isThought = ({ type }: Json): boolean => type === 'thinking' || type === 'redacted_thinking'

/** Whether a block tells what Anthropic has run itself, or what came of it. */
export const isRunByServer = ({ type }: Json): boolean =>
  type === 'server_tool_use' ||
  type === 'mcp_tool_use' ||
  (typeof type === 'string' && type !== 'tool_result' && type.endsWith('_tool_result'))

/** Whether a tool is one of Anthropic's own, whose arguments and workings it knows by the type. */
export const isOwnTool = ({ type }: Json): boolean => type !== undefined && type !== null && type !== 'custom'

/** Whether a block refers to a file that is kept under somebody's key. */
export const isKeptFile = ({ source, type }: Json): boolean =>
  type === 'container_upload' || (isRecord(source) && source['type'] === 'file')
