import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTHeaderParameters } from 'jose'
import type { AskIssuer } from '../fetch-over.ts'

/** An issuer in memory: it publishes its keys, and signs what it is asked to. */
export interface FakeIssuer {
  readonly ask: AskIssuer
  /** How often its keys were asked for. */
  readonly asked: () => number
  /** A token of `claims`, good for ten minutes, signed by its newest key. */
  sign(claims?: Readonly<Record<string, unknown>>, header?: Partial<JWTHeaderParameters>): Promise<string>
  /** Another key in the place of the one it had. */
  rotate(): Promise<void>
  /** Whether it answers. */
  isDown: boolean
  /** What it says of its keys, as it publishes it. */
  published(): Promise<Record<string, unknown>[]>
}

export const ISSUER = 'https://login.example.com'
export const AUDIENCE = 'https://llm.example.com'

/** @param now in ms since the epoch */
export async function fakeIssuer(now: () => number): Promise<FakeIssuer> {
  let made = 0
  let asked = 0
  const make = async (): Promise<{ kid: string; pair: { publicKey: CryptoKey; privateKey: CryptoKey } }> => {
    made += 1
    return { kid: `k${made}`, pair: await generateKeyPair('ES256', { extractable: true }) }
  }
  let current = await make()
  const published = async () => [
    { ...(await exportJWK(current.pair.publicKey)), kid: current.kid, alg: 'ES256', use: 'sig' },
  ]
  const issuer: FakeIssuer = {
    isDown: false,
    asked: () => asked,
    published,
    async ask(url) {
      if (issuer.isDown) throw new Error('refused')
      if (url === `${ISSUER}/.well-known/openid-configuration`)
        return Response.json({ issuer: ISSUER, jwks_uri: `${ISSUER}/keys` })
      if (url !== `${ISSUER}/keys`) return new Response('nothing', { status: 404 })
      asked += 1
      return Response.json({ keys: await published() })
    },
    sign(claims = {}, header = {}) {
      const at = Math.floor(now() / 1000)
      const usual = { iss: ISSUER, aud: AUDIENCE, sub: 'ann', account: 'acc_1', iat: at, exp: at + 600 }
      return new SignJWT({ ...usual, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: current.kid, ...header })
        .sign(current.pair.privateKey)
    },
    async rotate() {
      current = await make()
    },
  }
  return issuer
}
