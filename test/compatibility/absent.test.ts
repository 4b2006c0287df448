import OpenAI from 'openai'
import { startApp, type StartedApp } from '../support/start-app.ts'
import { absent } from './absent.ts'

let app: StartedApp
let client: OpenAI

beforeAll(async () => {
  app = await startApp()
  client = new OpenAI({ baseURL: `${app.origin}/v1`, apiKey: app.liveKey, maxRetries: 0 })
})

afterAll(() => app?.close())

test.each(absent.flatMap(({ paths }) => paths))('%s is not there', async (path) => {
  const missing = { status: 404, code: 'unknown_url', message: expect.stringMatching(/ instead/) as unknown }
  await expect(client.post(path, { body: {} })).rejects.toMatchObject(missing)
  await expect(client.get(path)).rejects.toMatchObject(missing)
})
