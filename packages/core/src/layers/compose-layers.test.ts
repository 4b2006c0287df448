import type { Engine, Layer } from '../engine.ts'
import { ask } from '../front/ask.fake.ts'
import { saying, stream } from '../attempt/transport.fake.ts'
import { composeLayers, layerPlaces, type Layers } from './compose-layers.ts'
import { startWatched } from './start-watched.ts'

const whole = stream(saying('Hello', ' you'))

/** A layer that notes when a call comes by, and when its record does. */
const noting =
  (name: string, notes: string[]): Layer =>
  (next) => ({
    start(call, sink) {
      notes.push(`${name} in`)
      return startWatched(next, call, sink, { record: () => void notes.push(`${name} out`) })
    },
  })

test('with no layers the engine is what it was', () => {
  const engine: Engine = { start: () => ({ resume: () => {}, abort: () => {} }) }
  expect(composeLayers([], engine)).toBe(engine)
  expect(composeLayers({}, engine)).toBe(engine)
  expect(composeLayers({ cache: [], money: undefined }, engine)).toBe(engine)
})

test('layers stand in the order of their places, however they were given, and in one place as they were given', async () => {
  const notes: string[] = []
  const layers: Layers = {
    money: [noting('money', notes)],
    cache: [noting('cache', notes)],
    guards: [noting('first guard', notes), noting('second guard', notes)],
    rates: [noting('rates', notes)],
  }
  await ask([whole], { layers }).over()
  const order = ['rates', 'first guard', 'second guard', 'cache', 'money']
  expect(notes).toEqual([...order.map((name) => `${name} in`), ...order.toReversed().map((name) => `${name} out`)])
})

test('a list alone stands where guards do', async () => {
  const notes: string[] = []
  await ask([whole], { layers: [noting('own', notes)] }).over()
  expect(notes).toEqual(['own in', 'own out'])
  expect(layerPlaces).toEqual(['rates', 'guards', 'cache', 'money'])
})

test('a place that there is not is refused by name', () => {
  const layers = { cahce: [] } as Layers
  expect(() => ask([], { layers })).toThrow('no place "cahce". There are rates, guards, cache, money.')
})

test('a layer that refuses at once is heard by nobody but the caller', () => {
  const heard: string[] = []
  const layers: Layers = [
    noting('outer', heard),
    () => ({
      start() {
        throw new RangeError('not today')
      },
    }),
  ]
  expect(() => ask([], { layers })).toThrow('not today')
  expect(heard).toEqual(['outer in'])
})
