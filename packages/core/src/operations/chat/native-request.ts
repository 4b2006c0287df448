import type { ObjectScan } from '../../bytes/scan-object.ts'
import type { SpekaError } from '../../errors.ts'
import type { Bytes, Headers } from '../../transport.ts'
import type { NativeDialect } from '../../wire/dialect-name.ts'

/** A request of chat as it came, in a dialect that is not chat's: for targets that speak it too. */
export interface NativeRequest {
  readonly dialect: NativeDialect
  /** What the caller sent. */
  readonly body: Bytes
  /** Where the members of `body` stand. */
  readonly scan: ObjectScan
  /** Headers of the caller's that belong to the dialect, and go along with `body`. Default: none. */
  readonly headers?: Headers | undefined
  /** What the target does not get all the same, by name: not in `body`. Default: nothing. */
  readonly leftOut?: readonly string[] | undefined
  /** Whether its last words are the model's own, to be gone on with. Default: they are not. */
  readonly endsWithAnswer?: boolean | undefined
  /** Why it cannot be said in chat, so that only a target which speaks the dialect can be asked. Default: it can. */
  readonly untranslatable?: SpekaError | undefined
}
