/** A limit as `GET /v1/key` tells it. Amounts in pico-dollars. */
export interface Standing {
  readonly kind: string
  readonly limit: bigint
  readonly spent: bigint
  readonly held: bigint
}

/** What the gateway itself says of the limits of a key. */
export async function standingsOf(baseURL: string, key: string): Promise<readonly Standing[]> {
  const response = await fetch(`${baseURL}/key`, {
    headers: { authorization: `Bearer ${key}`, connection: 'close' },
  })
  const { limits } = (await response.json()) as { limits?: readonly Told[] }
  return (limits ?? [])
    .filter(({ kind }) => kind === 'usd')
    .map(({ kind, limit, spent, held }) => ({ kind, limit: pico(limit), spent: pico(spent), held: pico(held) }))
}

interface Told {
  readonly kind: string
  readonly limit: string
  readonly spent: string
  readonly held: string
}

function pico(usd: string): bigint {
  const [whole = '', rest = ''] = usd.split('.')
  return BigInt(`${whole}${rest.padEnd(12, '0')}`)
}
