import { eventually } from '../../../../test/support/eventually.ts'
import { startRedis, type TestRedis } from '../../../../test/support/services/redis.ts'
import { describeWithRedis } from '../../../../test/support/services/with-redis.ts'
import { readRedisUrl } from './address.ts'
import { openRedis, script, type RedisLink } from './open-redis.ts'

describeWithRedis('a connection to Redis', () => {
  let redis: TestRedis
  let link: RedisLink | undefined
  const said: string[] = []
  const onTrouble = (says: string) => void said.push(says)
  const open = async (url = redis.url) => {
    link = await openRedis({ address: readRedisUrl(url), onTrouble, onFound: () => void said.push('found') })
    return link
  }
  afterEach(async () => {
    said.length = 0
    await link?.close()
    link = undefined
    await redis.stop()
  })

  test('runs a script that the server does not know yet, and one that it knows', async () => {
    redis = await startRedis()
    const { life, run } = await open()
    const add = script(`return redis.call('INCRBY', KEYS[1], ARGV[1])`)
    expect([await run(add, ['n'], [2]), await run(add, ['n'], [3])]).toEqual([2, 5])
    expect([life?.length, said]).toEqual([40, []])
  })

  test.each([
    [['--maxmemory-policy', 'allkeys-lru'], 'Set maxmemory-policy noeviction'],
    [['--requirepass', 'hunter2'], 'Look after the user and the password'],
  ])('is refused with %j, with what helps', async (settings, remedy) => {
    redis = await startRedis(settings)
    const url = redis.url.replace('redis://', 'redis://:letmein@')
    const failure: unknown = await open(settings[0] === '--requirepass' ? url : redis.url).catch(
      (error: unknown) => error,
    )
    expect(String(failure)).toContain(remedy)
    expect(String(failure)).not.toMatch(/hunter2|letmein/)
  })

  test('is there again by itself after the server was killed, in another life', async () => {
    redis = await startRedis()
    const { life } = await open()
    await redis.kill()
    await eventually(() => link?.life === undefined, 'it is gone')
    await expect(link?.run(script('return 1'), [], [])).rejects.toThrow(/stream|closed/i)
    await redis.restart()
    await eventually(() => link?.life !== undefined, 'it is there again')
    expect(link?.life).not.toBe(life)
    expect(said).toEqual([expect.stringContaining('is not used'), 'found'])
  })

  test('is not there while the server is stopped, and in the same life when it goes on', async () => {
    redis = await startRedis()
    const { life } = await open()
    process.kill(redis.pid, 'SIGSTOP')
    await eventually(() => link?.life === undefined, 'it is silent')
    process.kill(redis.pid, 'SIGCONT')
    await eventually(() => link?.life !== undefined, 'it is there again')
    expect(link?.life).toBe(life)
  })

  test('is looked for where nobody listens yet', async () => {
    redis = await startRedis()
    await redis.kill()
    await open()
    expect([link?.life, said]).toEqual([undefined, [expect.stringContaining('cannot be reached')]])
    await redis.restart()
    await eventually(() => link?.life !== undefined, 'it is there')
  })
})

const notInstalled = () => Promise.reject(new Error('Cannot find package'))

test('without the client it says how to install it', async () => {
  await expect(openRedis({ address: readRedisUrl('redis://127.0.0.1:1'), load: notInstalled })).rejects.toThrow(
    'npm install ioredis@6',
  )
})
