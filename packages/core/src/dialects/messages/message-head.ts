import { messageUsage } from './message-usage.ts'
import type { MessageObject } from './shapes.ts'
import type { ToolNames } from './tool-names.ts'

/** What the answer to a request depends on, besides what is answered. */
export interface MessageHead {
  readonly id: string
  /** The model that was asked for: the one that answers may be another. */
  readonly model: string
  /** The texts at which the caller wants the answer to end. */
  readonly stops: readonly string[]
  /** About how many tokens the prompt has, for who is told before the upstream has told. */
  readonly promptTokens: number
  readonly names: ToolNames
}

/** The message that nothing has been said in yet. */
export const emptyMessage = ({ id, model }: MessageHead): MessageObject => ({
  id,
  type: 'message',
  role: 'assistant',
  model,
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: messageUsage(undefined),
})
