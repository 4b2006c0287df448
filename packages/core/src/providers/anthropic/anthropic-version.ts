/** Without this header Anthropic refuses to talk. */
export const ANTHROPIC_VERSION = { 'anthropic-version': '2023-06-01' }
