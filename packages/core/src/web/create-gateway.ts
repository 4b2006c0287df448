import type { Gateway } from '../gateway.ts'
import { assembleOver, type CreateGatewayOptions } from './assemble-over.ts'
import { createFetchTransport } from './fetch-transport.ts'
import { gatewayOpener } from './opened-gateways.ts'

/** What `createGateway` of `@speka/core/node` is, over `fetch`. */
export const createGateway = (options: CreateGatewayOptions = {}): Gateway =>
  assembleOver(() => createFetchTransport(), options)

/** What `openGateway` of `@speka/core/node` is, over `fetch`. */
export const openGateway = gatewayOpener(createGateway)
