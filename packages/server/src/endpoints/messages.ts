import type { IncomingHttpHeaders } from 'node:http'
import { readMessages } from '@speka/core/internal'
import type { ReadCall } from './engine-endpoint.ts'

/** `POST /v1/messages`: as it is for targets that speak Anthropic's API, by way of chat for all others. */
export const messages: ReadCall = (body, facts, aids, headers) =>
  readMessages(body, facts, { ...aids, headers: handedOn(headers) })

const HANDED_ON = ['anthropic-version', 'anthropic-beta'] as const

/** What an Anthropic target is told in the caller's own words. */
export const handedOn = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    HANDED_ON.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
