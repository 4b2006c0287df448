// @ts-nocheck undici has no types for its single files.
// What core uses of undici, file by file: its index brings a cache in SQLite, mocks and web sockets as well.
export { default as buildConnector } from 'undici/lib/core/connect.js'
export { default as Client } from 'undici/lib/dispatcher/client.js'
export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js'
