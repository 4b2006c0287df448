import { hello, model, weather } from '../../compatibility/asked.ts'
import { requiredVersions } from '../../compatibility/clients.ts'
import { describeMessageClient } from '../../compatibility/message-clients.ts'
import { anthropic, type Outcome, runCases } from '../../support/python-clients/python-client.ts'
import { startApp, type StartedApp } from '../../support/start-app.ts'

let app: StartedApp
let outcomeOf: (name: string) => Outcome

beforeAll(async () => {
  app = await startApp()
  outcomeOf = await runCases(anthropic, { baseURL: app.origin, key: app.liveKey })
})

afterAll(() => app?.close())

/** What a case returned; it must not have raised. */
function returned(name: string): unknown {
  const { result, error } = outcomeOf(name)
  expect(error).toBeNull()
  return result
}

describeMessageClient('anthropic-python', requiredVersions(anthropic.requirements, 'anthropic'), ({ works }) => {
  works('answer', async () => {
    expect(returned('answer')).toContain(hello)
  })

  works('cost', 'in `usage.cost`', async () => {
    expect(returned('cost')).toBeGreaterThan(0)
  })

  works('stream', async () => {
    expect(returned('stream')).toContain(hello)
  })

  works('usage', async () => {
    expect(returned('usage')).toEqual([10, 23])
  })

  works('tools', async () => {
    expect(returned('tools')).toContain('4 degrees')
  })

  works('streamTools', async () => {
    expect(returned('stream_tools')).toEqual([weather.name])
  })

  works('schema', 'with `messages.parse()`', async () => {
    expect(returned('schema')).toBe('Weather')
  })

  works('image', async () => {
    expect(returned('image')).toContain('1 image')
  })

  works('count', 'an estimate on the high side, unless the model is asked of Anthropic', async () => {
    expect(returned('count')).toBeGreaterThanOrEqual(10)
  })

  works('models', async () => {
    expect(returned('models')).toEqual([model])
  })

  works('error', async () => {
    expect(outcomeOf('error').error).toMatchObject({ class: 'NotFoundError', status: 404 })
  })

  works('broken', async () => {
    expect(outcomeOf('broken').error).toMatchObject({ class: 'APIStatusError' })
  })
})
