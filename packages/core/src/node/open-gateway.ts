import { gatewayOpener } from '../web/opened-gateways.ts'
import { createGateway } from './create-gateway.ts'

/**
 * The gateway of a connection: the one given, or one in front of a server, the same each time.
 *
 * @throws SpekaError `invalid_api_key` when there is neither a gateway nor a key; RangeError for a header that Speka sets.
 */
export const openGateway = gatewayOpener(createGateway)
