import type { IncomingMessage } from 'node:http'
import { anthropicEnvelope, openaiEnvelope, type Envelope } from '@speka/core/internal'

/** The envelope of the API that a request was made to, whether there is such a path or not. */
export const envelopeFor = (request: Pick<IncomingMessage, 'url' | 'headers'>): Envelope =>
  isAnthropics(request) ? anthropicEnvelope : openaiEnvelope

/** What Anthropic's API alone has; also below a base URL that has `/v1` although the client adds its own. */
const ANTHROPICS = /^\/(?:anthropic\/|(?:v1\/){1,2}messages(?:[/?]|$))/
/** What both have: `anthropic-version`, which Anthropic demands of every request, tells whose client asks. */
const OF_BOTH = /^\/v1\/(?:models|files|skills|experimental)(?:[/?]|$)/

/** Whether a request is made to Anthropic's API, and not to OpenAI's. */
export const isAnthropics = ({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean =>
  ANTHROPICS.test(url) || (headers['anthropic-version'] !== undefined && OF_BOTH.test(url))
