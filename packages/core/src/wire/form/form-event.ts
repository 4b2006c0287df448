import type { Bytes } from '../../transport.ts'

/** What a file says of itself before its bytes. */
export interface FileHead {
  /** The field that it is sent in. */
  readonly name: string
  /** As the caller calls it: good for its ending, and for nothing that is opened. */
  readonly filename: string
  /** Its media type, where it says one. */
  readonly contentType: string | undefined
}

/** One thing that a form says, in the order in which it says it. A file's bytes follow its head, and end with the next event. */
export type FormEvent =
  | { readonly kind: 'field'; readonly name: string; readonly value: string }
  | { readonly kind: 'file'; readonly head: FileHead }
  | { readonly kind: 'bytes'; readonly bytes: Bytes }
