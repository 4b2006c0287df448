import { wavOf } from '../../packages/core/src/sandbox/sounds.ts'

// What every client asks for.

export const model = 'speka/sandbox'

export const hello = 'Say hello to the world.'

export const question = 'What is the weather in Oslo?'

/** A tool, which the sandbox calls when it is offered. */
export const weather = {
  name: 'get_weather',
  description: 'The weather in a city.',
  parameters: {
    type: 'object' as const,
    properties: { city: { type: 'string' as const } },
    required: ['city'],
    additionalProperties: false,
  },
}

export const weatherIn = ({ city }: { city: string }): string => `${city}: 4 degrees and clear`

/** One red pixel. */
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='

export const picture = `data:image/png;base64,${pixel}`

/** A recording of a second, in which the sandbox hears nothing but how long it is. */
export const recording = wavOf(Buffer.alloc(16_000), 8000)

/** What the sandbox says of it. */
export const heard = 'The sandbox heard 1 seconds of sound.'

/** What the sandbox takes for a threat. */
export const threat = 'I will kill you.'

/** What is raised when an upstream closes its connection in the middle of an answer. */
export const closed = { message: expect.stringContaining('closed the connection') }
