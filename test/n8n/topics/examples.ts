import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Workflow } from '../../support/n8n/workflow.ts'
import { jsonOf, outputOf, runsOf, type Topic } from '../topic.ts'
import { traceIn } from '../trace.ts'

const folder = resolve(import.meta.dirname, '..', '..', '..', 'examples', 'n8n')
const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

/** Under the names of their files. */
const workflows = files.map((file): Workflow => ({
  ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Workflow),
  name: file,
}))

export const examples: Topic = {
  name: 'the examples',
  workflows,

  tests(world) {
    test.each(files)('%s runs without an error', (file) => {
      expect(world().runs[file]?.error).toBeUndefined()
    })

    test('chat-with-fallback.json answers every ticket with the second model, and sums up the cost', () => {
      const sorted = outputOf(world(), 'chat-with-fallback.json', 'Sorted').map(({ json }) => json)
      expect(sorted).toHaveLength(3)
      for (const each of sorted) {
        expect(each).toMatchObject({ answeredBy: 'speka/sandbox', attempts: 2, costUsd: expect.any(Number) })
      }
      const { sum_costUsd: sum } = jsonOf(world(), 'chat-with-fallback.json', 'What it cost')
      expect(sum).toBeCloseTo(
        sorted.reduce((total, { costUsd }) => total + Number(costUsd), 0),
        12,
      )
      expect(runsOf(world(), 'chat-with-fallback.json', 'What went wrong')).toEqual([])
    })

    test('ask-a-document.json hands the model the part that answers the question', () => {
      const file = 'ask-a-document.json'
      expect(jsonOf(world(), file, 'Answer')['response']).toEqual(expect.any(String))
      expect(traceIn(world().runs[file], 'Speka Chat Model')[0]?.tokenUsage?.cost).toBeGreaterThan(0)
      expect(outputOf(world(), file, 'Store').length).toBeGreaterThan(2)
    })

    test('draw-and-describe.json draws two pictures and shows each to a model', () => {
      const drawn = outputOf(world(), 'draw-and-describe.json', 'Draw')
      expect(drawn.map(({ binary }) => binary?.['data']?.mimeType)).toEqual(['image/png', 'image/png'])
      for (const { json } of outputOf(world(), 'draw-and-describe.json', 'Describe'))
        expect(json['text']).toMatch(/1 image/)
    })
  },
}
