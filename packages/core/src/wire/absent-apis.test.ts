import { whyAbsent } from './absent-apis.ts'

test.each([
  '/v1/files',
  '/v1/files/file-1/content',
  '/files',
  '/v1/uploads',
  '/v1/vector_stores/vs_1/search',
  '/v1/batches',
  '/v1/messages/batches',
  '/anthropic/v1/messages/batches/b_1/results',
  '/anthropic/v1/files',
  '/v1/realtime',
  '/v1/realtime/client_secrets',
  '/v1/assistants',
  '/v1/threads/t/runs',
  '/v1/conversations',
  '/v1/fine_tuning/jobs',
  '/v1/evals',
  '/v1/videos',
  '/v1/containers',
  '/v1/images/variations',
  '/v1/chat/completions/chatcmpl-1',
  '/v1/complete',
  '/v1/organization/usage/completions',
  '/v1beta/models/gemini-2.5-flash:generateContent',
  '/v1beta/models',
])('at %s it is said why there is nothing, and what to do instead', (path) => {
  expect(whyAbsent(path)).toMatch(/^[A-Z].* instead.*\.$/)
})

test.each(['/', '/v1', '/v1/filesystem', '/v1/nothing', '/v1/v1/files', '/v1/batches-of-mine', '/api/v1/files'])(
  '%s is nobody’s',
  (path) => {
    expect(whyAbsent(path)).toBeUndefined()
  },
)
