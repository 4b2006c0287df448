import type { ChatExtras } from '../../operations/chat/chat-extras.ts'
import type { MessagesConfig } from '../../wire/messages-config.ts'
import type { ToolNames } from './tool-names.ts'

/** In which manner one request is put into chat. */
export interface Manner {
  readonly names: ToolNames
  /** What the target takes of it. */
  readonly extras: ChatExtras
  /** How the operator wants it. */
  readonly config: MessagesConfig
}
