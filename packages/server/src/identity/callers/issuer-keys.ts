import { SpekaError } from '@speka/core'
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose'
import { z } from 'zod'
import type { CallerIssuer } from '../../config/identity-schema.ts'
import type { AskIssuer } from '../fetch-over.ts'

/** For how long keys are good without being asked for anew, in ms: one that was taken back is known no longer than that. */
const FRESH_MS = 10 * 60_000
/** For how long an issuer that does not answer is believed by what it said last, in ms. */
const BELIEVED_MS = 60 * 60_000
/** How often at most keys are asked for because of a token whose key is not known, in ms. */
const UNKNOWN_KEY_MS = 60_000
/** How long an issuer that did not answer is left alone, in ms. */
const RETRY_MS = 1000

const discovery = z.object({ issuer: z.string(), jwks_uri: z.string() })
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

export interface IssuerKeysOptions {
  readonly ask: AskIssuer
  /** The time in ms since the epoch. */
  readonly now: () => number
  /** jose's `createLocalJWKSet`. */
  readonly makeSet: (keys: JSONWebKeySet) => JWTVerifyGetKey
  /** Whether jose found no key, and not something else. */
  readonly isUnknownKey: (error: unknown) => boolean
}

/** The public keys of an issuer: asked for when the first token comes, and now and then, never while somebody waits who need not. */
export class IssuerKeys {
  readonly #issuer: Pick<CallerIssuer, 'issuer' | 'jwksUrl'>
  readonly #options: IssuerKeysOptions
  #set: JWTVerifyGetKey | undefined
  /** When they came, and when they were last asked for; in ms since the epoch. */
  #loadedAt = -Infinity
  #askedAt = -Infinity
  #loading: Promise<void> | undefined

  constructor(issuer: Pick<CallerIssuer, 'issuer' | 'jwksUrl'>, options: IssuerKeysOptions) {
    this.#issuer = issuer
    this.#options = options
  }

  /** The key that a token names. @throws SpekaError `identity_unavailable`; else what jose throws for a key that is not there. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    const set = await this.#known()
    try {
      return await set(header, token)
    } catch (error) {
      const mayBeNew = this.#options.isUnknownKey(error) && this.#options.now() - this.#askedAt >= UNKNOWN_KEY_MS
      if (!mayBeNew) throw error
      await this.#load()
      return (this.#set ?? set)(header, token)
    }
  }

  async #known(): Promise<JWTVerifyGetKey> {
    const age = this.#options.now() - this.#loadedAt
    const set = this.#set
    if (set !== undefined && age < BELIEVED_MS) {
      // Nobody waits for it. When it fails, what is known goes on.
      if (age >= FRESH_MS && this.#options.now() - this.#askedAt >= UNKNOWN_KEY_MS) void this.#load().catch(() => {})
      return set
    }
    await this.#load()
    if (this.#set === undefined) throw unavailable(undefined)
    return this.#set
  }

  #load(): Promise<void> {
    if (this.#loading !== undefined) return this.#loading
    const now = this.#options.now()
    if (this.#set === undefined && now - this.#askedAt < RETRY_MS) return Promise.reject(unavailable(undefined))
    this.#askedAt = now
    const loading = this.#fetch()
      .then((keys) => {
        this.#set = this.#options.makeSet(keys)
        this.#loadedAt = this.#options.now()
      })
      .catch((cause: unknown) => {
        throw unavailable(cause)
      })
      .finally(() => {
        this.#loading = undefined
      })
    this.#loading = loading
    return loading
  }

  async #fetch(): Promise<JSONWebKeySet> {
    return keySet.parse(await this.#json(this.#issuer.jwksUrl ?? (await this.#discover())))
  }

  /** Where the issuer says its keys are. Another issuer's document says nothing of this one. */
  async #discover(): Promise<string> {
    const { issuer } = this.#issuer
    const said = discovery.parse(await this.#json(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`))
    if (said.issuer !== issuer) throw new Error(`its discovery document is of ${said.issuer}, not of ${issuer}`)
    return said.jwks_uri
  }

  async #json(url: string): Promise<unknown> {
    const response = await this.#options.ask(url)
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`)
    return response.json()
  }
}

const unavailable = (cause: unknown): SpekaError =>
  new SpekaError(
    'identity_unavailable',
    'The issuer of this token cannot be asked for its keys at the moment, so the token cannot be checked. Try again shortly.',
    { retryAfterMs: RETRY_MS, cause },
  )
