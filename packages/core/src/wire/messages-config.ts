/** How requests of Anthropic's Messages API are put to models that do not speak it. */
export interface MessagesConfig {
  /**
   * Whether the note about billing that Claude Code puts before its instructions is kept. It changes with every request, and with
   * it what a model could have taken from its cache. Models that speak the API get it in any case.
   * @default 'remove'
   */
  readonly billing_note?: 'remove' | 'keep' | undefined
  /**
   * What becomes of a request with tools that Anthropic runs itself: it is refused, or goes on without them and names them.
   * @default 'refuse'
   */
  readonly server_tools?: 'refuse' | 'leave_out' | undefined
}
