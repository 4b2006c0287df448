/** One thing an upstream does with its connection. A script that runs out leaves the connection open for the next request. */
export type Step =
  /** These bytes, and nothing else until the kernel has taken them; `tokens`: how many of an answer's are among them. */
  | { readonly write: string | Uint8Array; readonly tokens?: number }
  | { readonly sleepMs: number }
  /** Waits for something that the test decides. */
  | { readonly until: Promise<unknown> }
  /** A clean close. */
  | 'end'
  /** A reset connection. */
  | 'reset'
  /** Silence, until the other side closes. */
  | 'hang'
  /** The request's body: for scripts that begin when only its head is there, as `onHead` sets them. */
  | 'read'

/** What to do with a request, decided when it has arrived whole. */
export type Script = readonly Step[] | ((request: SeenRequest) => readonly Step[])

/** A request as it arrived, and what became of its connection. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  /** Names in lower case; of several with one name the last. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The `model` of a JSON body. */
  readonly model: string | undefined
  /** When it had arrived, by `performance.now()`. */
  readonly at: number
  /** Bytes of the script that the kernel has taken. */
  readonly bytesWritten: number
  /** Tokens of an answer among them: what this upstream would bill. */
  readonly tokensWritten: number
  /** Whether the script ran to its end. */
  readonly done: boolean
  /** When its connection was closed, and by whom. */
  readonly closed: { readonly at: number; readonly by: 'gateway' | 'script' } | undefined
  /** Resolves when its connection is closed. */
  whenClosed(): Promise<void>
}
