import { cutDescription } from './cut-description.ts'

const described = (schemas: Parameters<typeof cutDescription>[0]['components']['schemas']) => ({
  openapi: '3.1.0',
  info: { version: '1' },
  components: { schemas },
})

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

describe('cutting a description', () => {
  test('keeps what is asked for and all that it refers to, in order of names', () => {
    const whole = described({
      Other: { type: 'string' },
      Root: {
        type: 'object',
        properties: { a: { type: 'array', items: ref('Item') }, b: { anyOf: [ref('B'), ref('Root')] } },
      },
      Item: { allOf: [ref('B')] },
      B: { type: 'object', additionalProperties: ref('A') },
      A: { type: 'string' },
    })
    const { components } = cutDescription(whole, ['Root'])
    expect(Object.keys(components.schemas)).toEqual(['A', 'B', 'Item', 'Root'])
    expect(components.schemas['Root']).toEqual(whole.components.schemas['Root'])
  })

  test('drops prose, but no property of that name', () => {
    const whole = described({
      Root: {
        type: 'object',
        title: 'The root',
        description: 'A thing.',
        'x-oaiMeta': { example: {} },
        properties: { description: { type: 'string', example: 'x' }, title: { type: 'string', default: '' } },
        required: ['description'],
      },
    })
    expect(cutDescription(whole, ['Root']).components.schemas['Root']).toEqual({
      type: 'object',
      properties: { description: { type: 'string' }, title: { type: 'string' } },
      required: ['description'],
    })
  })

  test('refuses to leave anything out', () => {
    expect(() => cutDescription(described({ Root: ref('Gone') }), ['Root'])).toThrow('no component Gone')
  })
})
