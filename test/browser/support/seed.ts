import type { World } from './world.ts'

/** A name that runs in a page that takes it for markup. */
const MARKUP = '<img src=x onerror=alert(1)>'

/** Some of everything that pages show. */
export interface Seed {
  readonly account: string
  /** One request that was answered in the second attempt, by its id. */
  readonly fallenBack: string
  readonly key: { readonly id: string; readonly key: string }
}

export async function seed({ management }: World): Promise<Seed> {
  const { id: account } = await management.account('Acme Incorporated', 'starter')
  await management.call('POST', '/teams', { account, name: 'Research' })
  await management.call('POST', '/members', { account, email: 'ada@example.com', role: 'owner' })
  const key = await management.key('bench', { account, tags: ['nightly'] })
  await management.key(MARKUP, { account })
  await management.call('POST', '/limits', { account, subject: { key: key.id }, usd: '5', window: 'month' })
  for (let asked = 0; asked < 3; asked += 1) await (await management.chat(key.key)).arrayBuffer()
  await (await management.chat(key.key, { model: 'speka/sandbox:500' })).arrayBuffer()
  const answer = await management.chat(key.key, { model: 'speka/sandbox:500', models: ['speka/sandbox'] })
  await answer.arrayBuffer()
  return { account, key, fallenBack: answer.headers.get('x-request-id') ?? '' }
}
