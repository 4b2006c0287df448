/** Fields of a turn of the model's in which providers want back what it has thought. */
export type ThoughtField = 'reasoning_content' | 'reasoning_details' | 'thinking_blocks' | 'extra_content' | 'phase'

/** How an upstream is told to go on with the last words of the model's: by a mark on the message, or by fields of the request. */
export type ContinuationStyle = 'prefix' | 'partial' | 'continue_final_message'

/**
 * What some targets take of a chat request, and others refuse: a request of another dialect is said to each in as much as it
 * takes. Default: nothing of it.
 */
export interface ChatExtras {
  /** Marks up to where a prompt shall be cached (`cache_control`), on parts of content and on tools. */
  readonly cacheMarks?: boolean
  /** Pictures and files in results of tools. */
  readonly resultParts?: boolean
  /** Pictures that a model has made, in its turn. */
  readonly madePictures?: boolean
  readonly thoughts?: readonly ThoughtField[]
  /** How it goes on with a last turn of the model's. `as_it_is`: it does so by itself. Default: it answers it anew. */
  readonly prefill?: ContinuationStyle | 'as_it_is'
}
