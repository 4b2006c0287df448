import { callOf, firstStep, target } from '../run-provider.contract.ts'
import { placeOf } from '../known-providers.ts'
import { bedrock } from './bedrock.ts'
import type { PlaceSettings } from '../provider-place.ts'

const call = callOf('{"model":"a","messages":[{"role":"user","content":"Hi"}]}')
const open = { ...target, upstreamModel: 'openai.gpt-oss-20b-1:0' }

function askedAt(said: PlaceSettings): string {
  const { baseUrl = '', adapter } = placeOf('bedrock', said)
  return baseUrl + firstStep(adapter, call, open).path
}

test.each<[string, PlaceSettings, string]>([
  [
    'of a region',
    { region: 'eu-west-1' },
    'https://bedrock-runtime.eu-west-1.amazonaws.com/openai/v1/chat/completions',
  ],
  ['of an own address', { base_url: 'https://vpce.example/' }, 'https://vpce.example/openai/v1/chat/completions'],
  [
    'as OpenAI’s SDK is told it',
    { base_url: 'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1' },
    'https://bedrock-runtime.us-west-2.amazonaws.com/openai/v1/chat/completions',
  ],
  [
    'that speaks as OpenAI does and nothing else',
    { base_url: 'https://bedrock-mantle.us-east-1.api.aws/v1' },
    'https://bedrock-mantle.us-east-1.api.aws/v1/chat/completions',
  ],
])('a runtime %s is asked where it speaks as OpenAI does', (_, said, at) => {
  expect(askedAt(said)).toBe(at)
})

test('without a region there is no address', () => {
  expect(placeOf('bedrock', {}).baseUrl).toBeUndefined()
})

test.each([
  ['openai.gpt-oss-20b-1:0', '/openai/v1/chat/completions'],
  ['us.openai.gpt-5.6-sol', '/openai/v1/chat/completions'],
  ['anthropic.claude-haiku-4-5-20251001-v1:0', '/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/invoke'],
  ['global.anthropic.claude-opus-5', '/model/global.anthropic.claude-opus-5/invoke'],
  ['amazon.nova-lite-v1:0', '/model/amazon.nova-lite-v1%3A0/converse'],
  [
    'arn:aws:bedrock:us-east-1:1:application-inference-profile/x',
    '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aapplication-inference-profile%2Fx/converse',
  ],
])('%s is asked at %s', (upstreamModel, path) => {
  const adapter = bedrock.forModel?.(upstreamModel) ?? bedrock
  expect(firstStep(adapter, call, { ...target, upstreamModel }).path).toBe(path)
})
