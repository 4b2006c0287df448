/** What of OpenAI's API is not there. Asking for it is a 404 in OpenAI's envelope, which says what to do instead. */
export const absent = [
  { what: 'variations of images', paths: ['/images/variations'] },
  { what: 'files, uploads, vector stores, containers', paths: ['/files', '/uploads', '/vector_stores', '/containers'] },
  { what: 'batches, fine-tuning, evaluations', paths: ['/batches', '/fine_tuning/jobs', '/evals'] },
  { what: 'assistants, threads, conversations', paths: ['/assistants', '/threads', '/conversations'] },
  { what: 'stored chat completions', paths: ['/chat/completions/x'] },
  { what: 'videos', paths: ['/videos'] },
  { what: 'realtime sessions', paths: ['/realtime', '/realtime/client_secrets'] },
] as const
