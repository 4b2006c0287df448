import type { FinishReason } from '../../wire/chat.ts'

const finishReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
}

/** Why Claude stopped, in OpenAI's words. What is not known here is a stop like any other. */
export const finishReasonFor = (stopReason: string): FinishReason =>
  (Object.hasOwn(finishReasons, stopReason) ? finishReasons[stopReason] : undefined) ?? 'stop'
