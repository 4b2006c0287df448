/** What of OpenAI's API is not there. Asking for it is a 404 in OpenAI's envelope. */
export const absent = [
  { what: 'edits and variations of images', paths: ['/images/edits', '/images/variations'] },
  { what: 'files, uploads, vector stores', paths: ['/files', '/uploads', '/vector_stores'] },
  { what: 'batches, fine-tuning, evaluations', paths: ['/batches', '/fine_tuning/jobs', '/evals'] },
  { what: 'assistants, threads, conversations', paths: ['/assistants', '/threads', '/conversations'] },
  { what: 'stored chat completions', paths: ['/chat/completions/x'] },
  { what: 'realtime sessions', paths: ['/realtime/client_secrets'] },
] as const
