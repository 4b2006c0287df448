// The gateway over real sockets and timers
export { createGateway, hasProxyVariables } from './node/create-gateway.ts'
export type { CreateGatewayOptions, LocalGatewayOptions, RemoteGatewayOptions } from './web/assemble-over.ts'
export { openGateway } from './node/open-gateway.ts'
export type { GatewayConnection } from './web/opened-gateways.ts'

// The world it is handed
export { createUndiciTransport, type UndiciTransport, type UndiciTransportOptions } from './node/undici-transport.ts'
export { withIdentities } from './node/identity/with-identities.ts'
export { realClock } from './web/real-clock.ts'

export * from './index.ts'
