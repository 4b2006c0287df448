import { parseSandboxModel, sandboxFaults } from './sandbox-model.ts'

describe('a sandbox model id', () => {
  test('without a suffix has no fault', () => {
    expect(parseSandboxModel('speka/sandbox')).toEqual({ fault: undefined })
  })

  test.each([
    { suffix: '429x2', fault: { kind: 'status', status: 429, tries: 2 } },
    { suffix: '503x1', fault: { kind: 'status', status: 503, tries: 1 } },
    { suffix: '500', fault: { kind: 'status', status: 500, tries: Infinity } },
    { suffix: '400', fault: { kind: 'status', status: 400, tries: Infinity } },
    { suffix: '599', fault: { kind: 'status', status: 599, tries: Infinity } },
    { suffix: 'refused', fault: { kind: 'refused', tries: Infinity } },
    { suffix: 'refusedx3', fault: { kind: 'refused', tries: 3 } },
    { suffix: 'stall@20', fault: { kind: 'stall', after: 20 } },
    { suffix: 'stall@0', fault: { kind: 'stall', after: 0 } },
    { suffix: 'cut@40', fault: { kind: 'cut', after: 40 } },
    { suffix: 'eof@40', fault: { kind: 'eof', after: 40 } },
    { suffix: 'garbage@10', fault: { kind: 'garbage', after: 10 } },
    { suffix: 'error@0', fault: { kind: 'error', after: 0 } },
    { suffix: 'wait@500', fault: { kind: 'wait', ms: 500 } },
    { suffix: 'long@1000', fault: { kind: 'long', chunks: 1000 } },
    { suffix: 'slow', fault: { kind: 'slow' } },
    { suffix: 'nousage', fault: { kind: 'nousage' } },
    { suffix: 'context_length', fault: { kind: 'context_length' } },
    { suffix: 'content_policy', fault: { kind: 'content_policy' } },
  ])('with the suffix :$suffix means that fault', ({ suffix, fault }) => {
    expect(parseSandboxModel(`speka/sandbox:${suffix}`)).toEqual({ fault })
  })

  test.each([
    '',
    '200',
    '600',
    '429x',
    '429x0',
    '429x02',
    'stall',
    'stall@',
    'stall@-1',
    'cut@1.5',
    'cut@07',
    'slow@1',
    'SLOW',
    'slow ',
    'slow:500',
    'cut@9999999',
  ])('with the suffix ":%s" is not one', (suffix) => {
    expect(parseSandboxModel(`speka/sandbox:${suffix}`)).toBeUndefined()
  })

  test.each(['', 'speka', 'speka/sandboxes', 'speka/sandbox/500', 'sandbox', 'sandbox:500', 'Speka/Sandbox'])(
    '"%s" belongs to someone else',
    (id) => {
      expect(parseSandboxModel(id)).toBeUndefined()
    },
  )

  test.each(sandboxFaults)('$form is an example that works', ({ form }) => {
    expect(parseSandboxModel(`speka/sandbox${form}`)?.fault).toBeDefined()
  })
})
