import { SpekaError } from '../../errors.ts'
import { checkImagesRequest, sizeOf } from './check-images-request.ts'

const fine = { model: 'a', prompt: 'A cat' }

function refusal(value: unknown): SpekaError {
  try {
    checkImagesRequest(value)
  } catch (error) {
    if (SpekaError.is(error)) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

const invalid = 'invalid_value'

test.each([
  { given: { prompt: 'A cat' }, code: 'missing_required_parameter', param: 'model' },
  { given: { model: 'a' }, code: 'missing_required_parameter', param: 'prompt' },
  { given: { model: 'a', prompt: null }, code: 'missing_required_parameter', param: 'prompt' },
  { given: { ...fine, prompt: '' }, code: invalid, param: 'prompt' },
  { given: { ...fine, prompt: ['A cat'] }, code: invalid, param: 'prompt' },
  { given: { ...fine, n: 0 }, code: invalid, param: 'n' },
  { given: { ...fine, n: 11 }, code: invalid, param: 'n' },
  { given: { ...fine, n: 1.5 }, code: invalid, param: 'n' },
  { given: { ...fine, n: '1' }, code: invalid, param: 'n' },
  { given: { ...fine, size: 'large' }, code: invalid, param: 'size' },
  { given: { ...fine, size: 1024 }, code: invalid, param: 'size' },
  { given: { ...fine, response_format: 'base64' }, code: invalid, param: 'response_format' },
  { given: { ...fine, quality: 1 }, code: invalid, param: 'quality' },
  { given: { ...fine, stream: 'true' }, code: invalid, param: 'stream' },
  { given: { ...fine, partial_images: -1 }, code: invalid, param: 'partial_images' },
  { given: 'A cat', code: 'invalid_json', param: undefined },
])('$param is refused in $given', ({ given, code, param }) => {
  expect(refusal(given)).toMatchObject({ code, param })
})

test('an unknown size is told what a size looks like', () => {
  expect(refusal({ ...fine, size: '1024' }).message).toContain('"1024x1024"')
})

test.each([
  { size: '1024x1024', found: { width: 1024, height: 1024 } },
  { size: '1x8192', found: { width: 1, height: 8192 } },
  { size: '0x64', found: undefined },
  { size: '8193x64', found: undefined },
  { size: '999999x64', found: undefined },
  { size: '64', found: undefined },
  { size: '64x', found: undefined },
  { size: '64X64', found: undefined },
  { size: ' 64x64', found: undefined },
  { size: '64x64x64', found: undefined },
  { size: '6.4x64', found: undefined },
  { size: '1e3x64', found: undefined },
  { size: 'auto', found: undefined },
  { size: '', found: undefined },
  { size: null, found: undefined },
  { size: undefined, found: undefined },
])('the size "$size" is $found', ({ size, found }) => {
  expect(sizeOf(size)).toEqual(found)
})

test.each([
  ['nulls for what is left out', { n: null, size: null, response_format: null, stream: null, partial_images: null }],
  ['everything', { n: 10, size: 'auto', response_format: 'url', quality: 'high', stream: true, partial_images: 3 }],
  ['fields of providers', { steps: 4, cfg_scale: 3.5, seed: 7, background: 'transparent', aspect_ratio: '1:1' }],
])('a request with %s is taken as it is', (_, more) => {
  const request = { ...fine, ...more }
  expect(checkImagesRequest(request)).toBe(request)
})
