import { SpekaError } from '@speka/core'
import { z } from 'zod'

const clientData = z.looseObject({ challenge: z.string().regex(/^[\w-]{43}$/) })

/**
 * The challenge that a browser says it has answered, in base64url. Whether it was asked, and whether the answer is signed, is
 * for others to find out.
 *
 * @see https://www.w3.org/TR/webauthn-3/#dictdef-collectedclientdata
 * @throws SpekaError `invalid_value`
 */
export function challengeIn(clientDataJSON: string): string {
  try {
    return clientData.parse(JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString())).challenge
  } catch (cause) {
    throw new SpekaError('invalid_value', 'credential holds no client data that can be read.', {
      param: 'credential',
      cause,
    })
  }
}
