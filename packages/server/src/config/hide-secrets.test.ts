import { mintKey } from '../keys/key-format.ts'
import { hideSecrets } from './hide-secrets.ts'

test.each([
  mintKey('live'),
  mintKey('test'),
  'sk-proj-abcdefgh',
  'sk-ant-api03-Abc_def-ghi',
  'nvapi-abcdefgh',
  'gsk_0123456789abcdefghijkl',
  'AIzaSyA-0123456789_abcdefghijklm',
  'AKIA0123456789ABCDEF',
  '4f6c0f5e-9d3c-4b57-8a51-0a1b2c3d4e5f',
  'abcdefghijklmnopqrstuvwxyzabcdefgh',
])('%s is not shown', (key) => {
  expect(hideSecrets(`a "${key}" b`)).toBe('a "(hidden)" b')
})

test('a password in an address is not shown', () => {
  expect(hideSecrets('see http://user:pass@127.0.0.1:7735/v1')).toBe('see http://(hidden)@127.0.0.1:7735/v1')
})

test.each([
  'models."meta/llama-3.1-8b-instruct".targets[0].provider',
  'nvidia/llama-3.3-nemotron-super-49b-v1.5',
  'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8',
  'deepseek-ai/DeepSeek-R1-Distill-Llama-70B',
  'content_policy_fallbacks',
  'SPEKA_UPSTREAM_API_KEY',
  'https://integrate.api.nvidia.com/v1',
])('%s is shown', (text) => {
  expect(hideSecrets(text)).toBe(text)
})
