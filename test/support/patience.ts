/**
 * How long a test waits for anything before it says what did not come: an end to what hangs, no measure of speed.
 * Jest's own limit is longer, since it cannot say what was waited for.
 */
export const PATIENCE_MS = 120_000
