import { describeWithPostgres } from '../../../../../test/support/services/new-database.ts'
import { openReplicas, type Replicas } from './__fixtures__/replicas.ts'
import { postgresResponses } from './responses.ts'

const response = { id: 'r1', account: 'acme', until: 5000, sealed: new Uint8Array([0, 255, 7]) }

describeWithPostgres('responses of several replicas', () => {
  let opened: Replicas
  beforeEach(async () => {
    opened = await openReplicas(2)
  })
  afterEach(() => opened.close())

  test('are there for each of them, and gone for each of them', async () => {
    const [here, there] = opened.replicas.map(postgresResponses)
    await here?.keep(response)
    expect([...((await there?.find('r1', 'acme', 0)) ?? [])]).toEqual([0, 255, 7])
    expect(await there?.delete('r1', 'acme')).toBe(true)
    expect(await here?.find('r1', 'acme', 0)).toBeUndefined()
  })

  test('that have ended are thrown away once, whoever looks', async () => {
    const replicas = opened.replicas.map(postgresResponses)
    await Promise.all(Array.from({ length: 40 }, (_, n) => replicas[n % 2]?.keep({ ...response, id: `r${n}` })))
    let deleted = 0
    // Whoever comes while another deletes may find less: it is looked for again.
    for (let look = 0; look < 100 && deleted < 40; look += 1) {
      const each = await Promise.all(replicas.map((responses) => responses.deleteEnded(5000, 10)))
      deleted += each.reduce((sum, more) => sum + more, 0)
    }
    expect(deleted).toBe(40)
  })
})
