// The gateway over real sockets and timers
export {
  createGateway,
  hasProxyVariables,
  type CreateGatewayOptions,
  type LocalGatewayOptions,
  type RemoteGatewayOptions,
} from './node/create-gateway.ts'
export { openGateway, type GatewayConnection } from './node/open-gateway.ts'

// The world it is handed
export { createUndiciTransport, type UndiciTransport, type UndiciTransportOptions } from './node/undici-transport.ts'
export { realClock } from './node/real-clock.ts'
export { TurnQueue } from './node/turn-queue.ts'

export * from './index.ts'
