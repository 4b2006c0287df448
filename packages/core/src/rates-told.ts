/** Where a rate stands, as its caller is told. */
export interface RateTold {
  readonly limit: number
  readonly remaining: number
  /** Until all of it is there again, in ms from now. */
  readonly resetMs: number
}

/** Where the tightest rates of a caller stand: becomes `x-ratelimit-*`. */
export interface RatesTold {
  /** Default: no rate counts its requests. */
  readonly requests?: RateTold | undefined
  /** Default: no rate counts its tokens. */
  readonly tokens?: RateTold | undefined
}
