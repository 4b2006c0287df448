import { createHmac } from 'node:crypto'

/** What the store keeps of a key: useless to anyone who has the store and not the pepper. */
export const keyDigest = (key: string, pepper: Buffer): string => createHmac('sha256', pepper).update(key).digest('hex')
