import { always } from '../refuse-fields.ts'
import { dropped, refused, refusedByChat, translated, type Fates } from '../fate.ts'

/**
 * What becomes of the fields of a messages request in chat.
 *
 * https://docs.claude.com/en/api/messages
 */
export const messagesFates: Fates = {
  messages: translated('messages'),
  system: translated('messages'),
  stop_sequences: translated('stop'),
  tools: translated('tools'),
  tool_choice: translated('tool_choice', 'parallel_tool_calls'),
  thinking: translated('reasoning_effort'),
  output_config: translated('reasoning_effort', 'response_format'),

  top_k: dropped(),
  service_tier: dropped('auto'),
  cache_control: dropped(),
  context_management: dropped(),
  inference_geo: dropped(),

  mcp_servers: refusedByChat(
    always('Servers of tools are not asked from here. Send their tools as "tools", and run them yourself.'),
  ),
  container: refused(always('Containers are kept by Anthropic under the key of the gateway. Leave "container" out.')),
  max_completion_tokens: refused(always('Here it is called "max_tokens".')),
  stop: refused(always('Here it is called "stop_sequences".')),
  response_format: refused(always('Here it is called "output_config.format".')),
  reasoning_effort: refused(always('Here it is called "output_config.effort".')),
}

/** Fields that chat calls the same, and the gateway's own. What is in neither list is Anthropic's alone, and left out. */
export const CARRIED: ReadonlySet<string> = new Set([
  'model',
  'max_tokens',
  'temperature',
  'top_p',
  'stream',
  'models',
  'provider',
  'session_id',
  'metadata',
])
