import { aMoment, kill } from '../crash/kill.ts'
import type { Figure } from '../faults/long-run/figure.ts'
import { ask, type Answered } from './ask.ts'
import type { LimitedGateway } from './limited-gateway.ts'
import { brief } from './rate-run.ts'

const RPD = 40
const TPM = 20_000
const PARALLEL = 5

/** Requests a day, tokens a minute and requests at once, each on a key of its own. */
export async function otherRates(limited: LimitedGateway): Promise<readonly Figure[]> {
  return [...(await perDay(limited)), ...(await tokens(limited)), ...(await atOnce(limited))]
}

async function perDay(limited: LimitedGateway): Promise<readonly Figure[]> {
  const { key } = await limited.createKey('rpd', `--rpd ${RPD}`)
  await limited.inForce()
  const before = await askMany(limited, key, 3 * RPD, (index) => brief(`rpd-${index}`))
  await kill.whole(limited.gateway, aMoment)
  await limited.whole()
  const after = await askMany(limited, key, RPD, (index) => brief(`rpd-again-${index}`))
  const admitted = arrivedOf(limited, 'rpd-').length
  return [
    exactly(`${RPD} a day, ${3 * RPD + RPD} asked for, the gateway killed between: admitted`, admitted, RPD),
    exactly('  ended neither whole nor refused for it', strange([...before, ...after]).length, 0),
  ]
}

/** The prompt is estimated, and counted as it was when the answer has come. */
async function tokens(limited: LimitedGateway): Promise<readonly Figure[]> {
  const { key } = await limited.createKey('tpm', `--tpm ${TPM}`)
  await limited.inForce()
  const prompt = limited.prompts.find(({ text }) => text.startsWith('The quick') && text.length > 1000)
  if (prompt === undefined) throw new Error('There is no prompt of prose.')
  const answered: Answered[] = []
  const mostMs = performance.now() + 8000
  for (let index = 0; performance.now() < mostMs; index += 8) {
    const some = await askMany(limited, key, 8, (at) => brief(`tpm-${index + at}`, { prompt, wants: 60, most: 60 }))
    answered.push(...some)
  }
  const used = arrivedOf(limited, 'tpm-').reduce((sum, { input, output }) => sum + input + output, 0)
  return [
    { name: `${TPM} tokens a minute: used`, value: String(used), wanted: `at most ${TPM}`, reached: used <= TPM },
    {
      name: '  of that, in per cent',
      value: ((used / TPM) * 100).toFixed(1),
      wanted: 'at least 90',
      reached: used >= 0.9 * TPM,
    },
    exactly('  ended neither whole nor refused for it', strange(answered).length, 0),
  ]
}

async function atOnce(limited: LimitedGateway): Promise<readonly Figure[]> {
  const { key } = await limited.createKey('parallel', `--max-parallel ${PARALLEL}`)
  await limited.inForce()
  limited.upstream.underWay.most = 0
  const answered = await askMany(limited, key, 20 * PARALLEL, slow('parallel'))
  const { most } = limited.upstream.underWay
  const again = await askMany(limited, key, PARALLEL, slow('parallel-again'))
  return [
    exactly(`${PARALLEL} at once, ${20 * PARALLEL} asked for: the most that the upstream had`, most, PARALLEL),
    exactly('  places that were there again', again.filter(({ ending }) => ending === 'complete').length, PARALLEL),
    exactly('  ended neither whole nor refused for it', strange(answered).length, 0),
  ]
}

const slow = (name: string) => (index: number) => brief(`${name}-${index}`, { ms: 400 })

const askMany = (
  { gateway }: LimitedGateway,
  key: string,
  count: number,
  question: (index: number) => ReturnType<typeof brief>,
): Promise<readonly Answered[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => ask({ baseURL: gateway.baseURL, key }, question(index))))

const arrivedOf = ({ upstream }: LimitedGateway, prefix: string) =>
  upstream.served.filter(({ name }) => name.startsWith(prefix))

const strange = (answered: readonly Answered[]): readonly Answered[] =>
  answered.filter(({ ending }) => ending !== 'complete' && ending !== 'limited')

export const exactly = (name: string, value: number | bigint, wanted: number | bigint): Figure => ({
  name,
  value: String(value),
  wanted: String(wanted),
  reached: value === wanted,
})
