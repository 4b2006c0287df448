import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { ToolNames } from './tool-names.ts'

/** How the operator wants messages to be put into chat. */
export interface MessagesOptions {
  /**
   * Whether the note about billing that Claude Code puts before its instructions is kept for targets that are not Anthropic's. It
   * changes with every request, and with it what such a target could have taken from its cache.
   *
   * @default 'remove'
   */
  readonly billingNote?: 'remove' | 'keep' | undefined
  /**
   * What becomes of tools that Anthropic runs itself, where somebody else is asked: the request is refused, or goes on without
   * them and names them.
   *
   * @default 'refuse'
   */
  readonly serverTools?: 'refuse' | 'leave_out' | undefined
}

/** In which manner one request is put into chat. */
export interface Manner extends MessagesOptions {
  readonly names: ToolNames
  /** What the target takes of it. */
  readonly extras: ChatExtras
}
