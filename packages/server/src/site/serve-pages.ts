import type { IncomingMessage } from 'node:http'
import { SpekaError } from '@speka/core'
import type { Visit } from '../http/exchange.ts'
import type { SiteParts } from './site-parts.ts'

/** A place where no page is: asked for in its stead, it says so in words. */
export const NOWHERE = '/not-found'

/** The pages for anyone. @throws SpekaError `unknown_url` on a listener that has none. */
export const servePages =
  ({ pages }: SiteParts) =>
  async (visit: Visit): Promise<void> => {
    if (pages === undefined) throw new SpekaError('unknown_url', 'There are no pages here.')
    await pages.answer(visit)
  }

/** Whether who asks is a browser that would show a page, rather than a program that reads an answer. */
export const wantsPage = ({ method, headers }: Pick<IncomingMessage, 'method' | 'headers'>): boolean =>
  (method === 'GET' || method === 'HEAD') && (headers.accept?.includes('text/html') ?? false)
