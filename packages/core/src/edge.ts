// The gateway over fetch, for browsers, Workers and their like
export { createGateway, openGateway } from './web/create-gateway.ts'
export type { CreateGatewayOptions, LocalGatewayOptions, RemoteGatewayOptions } from './web/assemble-over.ts'
export type { GatewayConnection } from './web/opened-gateways.ts'

// The world it is handed
export { realClock } from './web/real-clock.ts'

export * from './index.ts'
