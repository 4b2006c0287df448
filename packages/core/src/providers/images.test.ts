import { describeImages, type Exchange, type ImagesFixtures, type ImagesStreamFixture } from './images.contract.ts'
import { knownProviders, type ProviderType } from './known-providers.ts'
import type { Provider } from './provider.ts'

const model = 'upstream-model'
const png = 'iVBORw0KGgoAAAANSUhEUg=='
const jpeg = '/9j/4AAQSkZJRgABAQ=='
const path = '/images/generations'

const answers = (...data: object[]): Exchange['reply'] => ({ body: JSON.stringify({ created: 7, data }) })
const drawn = { images: [{ b64_json: png }] }

const event = (type: string, more: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, created_at: 1764180000, size: '1024x1024', quality: 'high', background: 'opaque', output_format: 'png', ...more })}\n\n`
const partial = (index: number): string =>
  event('image_generation.partial_image', { b64_json: png, partial_image_index: index })
const tokens = {
  total_tokens: 100,
  input_tokens: 50,
  output_tokens: 50,
  input_tokens_details: { text_tokens: 10, image_tokens: 40 },
}
const completed = event('image_generation.completed', { b64_json: png, usage: tokens })
const streamed = '{"model":"a","prompt":"A cat","stream":true,"partial_images":2,"response_format":"b64_json"}'
const gptImage = { upstreamModel: 'gpt-image-2' }
const sends = { model: 'gpt-image-2', prompt: 'A cat', stream: true, partial_images: 2 }
const counted = { images: 1, inputTokens: 50, outputTokens: 50 }

const streams: readonly ImagesStreamFixture[] = [
  {
    name: 'partial images',
    body: streamed,
    target: gptImage,
    sends,
    events: partial(0) + partial(1) + completed,
    usage: counted,
  },
  {
    name: 'an image that comes at once, among comments, with an end mark',
    body: streamed,
    target: gptImage,
    sends,
    events: `: ping\n\n${completed}data: [DONE]\n\n`,
    usage: counted,
  },
  {
    name: 'several images',
    body: streamed,
    target: gptImage,
    sends,
    events: partial(0) + completed + partial(0) + completed,
    usage: { images: 2, inputTokens: 100, outputTokens: 100 },
  },
  {
    name: 'an image without usage',
    body: streamed,
    target: gptImage,
    sends,
    events: event('image_generation.completed', { b64_json: png }),
    usage: { images: 1 },
  },
  {
    name: 'an image that was declined',
    body: streamed,
    target: gptImage,
    sends,
    events: `${partial(0)}event: error\ndata: {"type":"error","error":{"type":"image_generation_user_error","code":"content_policy_violation","message":"Your request was rejected."}}\n\n`,
    usage: {},
    failure: { class: 'content_policy' },
  },
  {
    name: 'an error without an envelope',
    body: streamed,
    target: gptImage,
    sends,
    events: 'event: error\ndata: {"type":"error","code":"rate_limit_exceeded","message":"Slow down"}\n\n',
    usage: {},
    failure: {},
  },
  {
    name: 'something that is not JSON',
    body: streamed,
    target: gptImage,
    sends,
    events: `${partial(0)}data: <html>\n\n`,
    usage: {},
    failure: { code: 'upstream_bad_response' },
  },
]

/** What an upstream gets that takes OpenAI's fields as they are. */
const openai: ImagesFixtures = {
  streams,
  answers: [
    {
      name: 'an image',
      body: ' {"prompt": "Gr\\u00fc\\u00dfe", "model":"a"}',
      exchanges: [{ sends: { path, body: { model, prompt: 'Grüße' } }, reply: answers({ b64_json: png }) }],
      ...drawn,
    },
    {
      name: 'everything, under a name that stays',
      body: '{"model":"upstream-model","prompt":"A cat","n":2,"size":"1536x864","quality":"high","response_format":"b64_json","steps":4}',
      exchanges: [
        {
          sends: {
            path,
            body: {
              model,
              prompt: 'A cat',
              n: 2,
              size: '1536x864',
              quality: 'high',
              response_format: 'b64_json',
              steps: 4,
            },
          },
          reply: answers({ b64_json: png }, { b64_json: jpeg }),
        },
      ],
      images: [{ b64_json: png }, { b64_json: jpeg }],
    },
    {
      name: "nothing of what is the gateway's own",
      body: '{"models":["b"],"model":"a","metadata":{"a":"b"},"prompt":"A cat","session_id":"s"}',
      exchanges: [{ sends: { path, body: { model, prompt: 'A cat' } }, reply: answers({ b64_json: png }) }],
      ...drawn,
    },
    {
      name: 'an image that was left somewhere, which is fetched',
      body: '{"model":"a","prompt":"A cat"}',
      exchanges: [
        {
          sends: { path, body: { model, prompt: 'A cat' } },
          reply: answers({ url: 'https://cdn.example/a.png?sig=x%2Fy', revised_prompt: 'One cat' }),
        },
        {
          sends: { path: '/a.png?sig=x%2Fy', to: 'https://cdn.example' },
          reply: { headers: { 'content-type': 'image/png' }, body: Buffer.from(png, 'base64') },
        },
      ],
      images: [{ b64_json: png, revised_prompt: 'One cat' }],
    },
    {
      name: 'an image that is to stay where it was left',
      body: '{"model":"a","prompt":"A cat","response_format":"url"}',
      exchanges: [
        {
          sends: { path, body: { model, prompt: 'A cat', response_format: 'url' } },
          reply: answers({ url: 'https://cdn.example/a.png' }),
        },
      ],
      images: [{ url: 'https://cdn.example/a.png' }],
    },
    {
      name: "OpenAI's own models, which refuse to be asked for a format",
      body: '{"model":"a","prompt":"A cat","response_format":"url","user":"me"}',
      target: { upstreamModel: 'gpt-image-2' },
      exchanges: [
        {
          sends: { path, body: { model: 'gpt-image-2', prompt: 'A cat', user: 'me' } },
          reply: {
            body: `{"created":1764180000,"background":"opaque","data":[{"b64_json":"${png}"}],"output_format":"png","quality":"low","size":"1024x1024","usage":{"input_tokens":14,"input_tokens_details":{"image_tokens":0,"text_tokens":14},"output_tokens":272,"total_tokens":286}}`,
          },
        },
      ],
      images: [{ url: `data:image/png;base64,${png}` }],
    },
    {
      name: 'a reseller of them',
      body: '{"model":"a","prompt":"A cat","response_format":"b64_json"}',
      target: { upstreamModel: 'openai/chatgpt-image-latest' },
      exchanges: [
        {
          sends: { path, body: { model: 'openai/chatgpt-image-latest', prompt: 'A cat' } },
          reply: answers({ b64_json: png }),
        },
      ],
      ...drawn,
    },
    {
      name: 'a prompt too long to be looked into',
      body: JSON.stringify({ model: 'a', prompt: 'A cat. '.repeat(1000) }),
      exchanges: [
        { sends: { path, body: { model, prompt: 'A cat. '.repeat(1000) } }, reply: answers({ b64_json: png }) },
      ],
      ...drawn,
    },
  ],
  badAnswers: [
    { name: 'no image', replies: [answers()], failure: { code: 'upstream_bad_response' } },
    { name: 'an empty image', replies: [answers({ b64_json: '' })], failure: { code: 'upstream_bad_response' } },
    {
      name: 'an address that cannot be read',
      replies: [answers({ url: 'http://[' })],
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'a page at the address',
      replies: [
        answers({ url: 'https://cdn.example/a.png' }),
        { headers: { 'content-type': 'text/html' }, body: '<html>' },
      ],
      failure: { code: 'upstream_bad_response' },
    },
  ],
  errors: [
    {
      name: 'a prompt that OpenAI declines',
      status: 400,
      body: '{"error":{"code":"content_policy_violation","message":"Your request was rejected by our safety system.","param":null,"type":"image_generation_user_error"}}',
      failure: { class: 'content_policy', mayBeBilled: false },
    },
    {
      name: 'a size that OpenAI does not draw',
      status: 400,
      body: '{"error":{"message":"Invalid value: \'64x64\'.","type":"invalid_request_error","param":"size","code":"invalid_value"}}',
      failure: { class: 'caller_fault', param: 'size' },
    },
  ],
}

/** Most of the models of these upstreams do not stream: whole images are asked for. */
const mostly: ImagesFixtures = {
  ...openai,
  answers: [
    ...openai.answers,
    {
      name: 'a stream, but a whole answer',
      body: '{"model":"a","stream":true,"prompt":"A cat","partial_images":2,"response_format":"url"}',
      exchanges: [
        {
          sends: { path, body: { model, prompt: 'A cat', response_format: 'url' } },
          reply: answers({ b64_json: png }),
        },
      ],
      ...drawn,
    },
  ],
}

const together: ImagesFixtures = {
  answers: [
    {
      name: 'an image, with its own words for bytes and size',
      body: '{"model":"a","prompt":"A cat","size":"1024x768","response_format":"b64_json","n":2,"seed":7}',
      exchanges: [
        {
          sends: {
            path,
            body: { model, prompt: 'A cat', width: 1024, height: 768, response_format: 'base64', n: 2, seed: 7 },
          },
          reply: {
            body: `{"id":"o-1","model":"black-forest-labs/FLUX.1-dev","object":"list","data":[{"index":0,"b64_json":"${jpeg}","timings":{"inference":0.4}},{"index":1,"b64_json":"${png}"}]}`,
          },
        },
      ],
      images: [
        { b64_json: jpeg, index: 0, timings: { inference: 0.4 } } as object,
        { b64_json: png, index: 1 } as object,
      ],
    },
    {
      name: 'bytes where nobody says how, in any size',
      body: '{"model":"a","prompt":"A cat","size":"auto","stream":true}',
      exchanges: [
        {
          sends: { path, body: { model, prompt: 'A cat', response_format: 'base64' } },
          reply: answers({ b64_json: png }),
        },
      ],
      ...drawn,
    },
    {
      name: 'four steps with FLUX.1 [schnell]',
      body: '{"model":"a","prompt":"A cat","response_format":"url","steps":null}',
      target: { upstreamModel: 'black-forest-labs/FLUX.1-schnell' },
      exchanges: [
        {
          sends: {
            path,
            body: { model: 'black-forest-labs/FLUX.1-schnell', prompt: 'A cat', response_format: 'url', steps: 4 },
          },
          reply: { body: '{"data":[{"index":0,"url":"https://api.together.ai/imgproxy/a","type":"image/jpeg"}]}' },
        },
      ],
      images: [{ url: 'https://api.together.ai/imgproxy/a' }],
    },
  ],
}

/** https://ai.google.dev/gemini-api/docs/image-generation */
const geminiReply = (...parts: readonly object[]) => ({
  body: JSON.stringify({
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 1290, totalTokenCount: 1294 },
  }),
})
const inline = (data: string, mimeType = 'image/png') => ({ inlineData: { mimeType, data } })
const geminiAsks = (path: string, config: object = {}) => ({
  path,
  body: {
    generationConfig: { responseModalities: ['TEXT', 'IMAGE'], ...config },
    contents: [{ role: 'user', parts: [{ text: 'A cat' }] }],
  },
})

const drawnByGemini = (below: string): ImagesFixtures => ({
  answers: [
    {
      name: 'an image beside words',
      body: '{"model":"a","prompt":"A cat","quality":"high","style":null}',
      exchanges: [
        {
          sends: geminiAsks(`${below}/upstream-model:generateContent`),
          reply: geminiReply({ text: 'A cat:' }, inline(png)),
        },
      ],
      ...drawn,
      drops: ['quality'],
    },
    {
      name: 'one after the other, in the nearest shape',
      body: '{"model":"a","prompt":"A cat","n":2,"size":"1792x1024","response_format":"url","stream":true}',
      exchanges: [png, jpeg].map((data) => ({
        sends: geminiAsks(`${below}/upstream-model:generateContent`, { imageConfig: { aspectRatio: '16:9' } }),
        reply: geminiReply(inline(data, data === png ? 'image/png' : 'image/jpeg')),
      })),
      images: [{ b64_json: png }, { b64_json: jpeg }],
    },
  ],
  badAnswers: [
    { name: 'words alone', replies: [geminiReply({ text: 'No.' })], failure: { code: 'upstream_bad_response' } },
    {
      name: 'a prompt that was declined',
      replies: [{ body: '{"promptFeedback":{"blockReason":"SAFETY"}}' }],
      failure: { class: 'content_policy' },
    },
  ],
})

const nvidiaReply = (base64: string, finishReason = 'SUCCESS') => ({
  body: JSON.stringify({ artifacts: [{ base64, finishReason, seed: 1234 }] }),
})
const flux = { model: 'black-forest-labs/flux.1-dev', upstreamModel: 'black-forest-labs/flux.1-dev' }
const square = { mode: 'base', width: 1024, height: 1024 }

const nvidia: ImagesFixtures = {
  answers: [
    {
      name: 'an image',
      body: '{"model":"a","prompt":"A cat"}',
      target: flux,
      exchanges: [
        {
          sends: { path: '/black-forest-labs/flux.1-dev', body: { ...square, prompt: 'A cat' } },
          reply: nvidiaReply(jpeg),
        },
      ],
      images: [{ b64_json: jpeg }],
    },
    {
      name: 'one after the other, each from another seed',
      body: '{"model":"a","prompt":"A cat","n":2,"seed":7,"steps":20,"cfg_scale":3.5,"size":"1344x768","response_format":"url"}',
      target: flux,
      exchanges: [7, 8].map((seed) => ({
        sends: {
          path: '/black-forest-labs/flux.1-dev',
          body: { prompt: 'A cat', mode: 'base', width: 1344, height: 768, steps: 20, cfg_scale: 3.5, seed },
        },
        reply: nvidiaReply(seed === 7 ? jpeg : png),
      })),
      images: [{ url: `data:image/jpeg;base64,${jpeg}` }, { url: `data:image/png;base64,${png}` }],
    },
    {
      name: 'in four steps with FLUX.1 [schnell], and in the nearest size',
      body: `{"model":"a","prompt":"${'A cat. '.repeat(800)}","size":"1792x1024"}`,
      target: { upstreamModel: 'black-forest-labs/flux.1-schnell' },
      exchanges: [
        {
          sends: {
            path: '/black-forest-labs/flux.1-schnell',
            body: { prompt: 'A cat. '.repeat(800), mode: 'base', width: 1344, height: 768, steps: 4 },
          },
          reply: nvidiaReply(jpeg),
        },
      ],
      images: [{ b64_json: jpeg }],
      drops: ['size'],
    },
    {
      name: 'without what FLUX cannot be told',
      body: '{"model":"a","prompt":"A cat","quality":"high","style":null,"background":"auto","output_format":"png","user":"me","n":1,"stream":true,"partial_images":0,"size":"auto"}',
      target: flux,
      exchanges: [
        {
          sends: { path: '/black-forest-labs/flux.1-dev', body: { ...square, prompt: 'A cat' } },
          reply: nvidiaReply(jpeg),
        },
      ],
      images: [{ b64_json: jpeg }],
      drops: ['quality', 'output_format', 'user'],
    },
    {
      name: 'an image that takes long',
      body: '{"model":"a","prompt":"A cat"}',
      target: flux,
      exchanges: [
        {
          sends: { path: '/black-forest-labs/flux.1-dev', body: { ...square, prompt: 'A cat' } },
          reply: { status: 202, headers: { 'nvcf-reqid': 'abc-123', 'nvcf-status': 'pending-evaluation' }, body: '' },
        },
        {
          sends: { path: '/v2/nvcf/pexec/status/abc-123', to: 'https://api.nvcf.nvidia.com' },
          after: 1000,
          reply: { status: 202, headers: {}, body: '' },
        },
        {
          sends: { path: '/v2/nvcf/pexec/status/abc-123', to: 'https://api.nvcf.nvidia.com' },
          after: 1000,
          reply: nvidiaReply(jpeg),
        },
      ],
      images: [{ b64_json: jpeg }],
    },
  ],
  badAnswers: [
    {
      name: 'declined content, which comes as a black image',
      replies: [nvidiaReply(jpeg, 'CONTENT_FILTERED')],
      failure: { class: 'content_policy' },
    },
    {
      name: 'declined content after the first image',
      body: '{"model":"a","prompt":"A cat","n":2}',
      replies: [nvidiaReply(jpeg), nvidiaReply('', 'CONTENT_FILTERED')],
      failure: { class: 'content_policy' },
    },
    { name: 'a failure to draw', replies: [nvidiaReply('', 'ERROR')], failure: { code: 'upstream_bad_response' } },
    { name: 'an empty image', replies: [nvidiaReply('')], failure: { code: 'upstream_bad_response' } },
    { name: 'no artifact', replies: [{ body: '{"artifacts":[]}' }], failure: { code: 'upstream_bad_response' } },
    {
      name: 'an order without a number',
      replies: [{ status: 202, body: '' }],
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'an order with a path for a number',
      replies: [{ status: 202, headers: { 'nvcf-reqid': '../../keys' }, body: '' }],
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'an order without end',
      replies: Array.from({ length: 400 }, () => ({ status: 202, headers: { 'nvcf-reqid': 'a' }, body: '' })),
      failure: { code: 'upstream_bad_response' },
    },
  ],
  errors: [
    {
      name: 'a size that is none of the allowed',
      status: 422,
      body: '{"type":"urn:inference-service:problem-details:unprocessable-entity","title":"Unprocessable Entity","status":422,"detail":"width must be one of 768, 832","instance":"/v1/genai","requestId":"1"}',
      failure: { class: 'caller_fault', quote: 'width must be one of 768, 832' },
    },
    {
      name: 'a model that the account may not use',
      status: 404,
      body: '{"status":404,"title":"Not Found","detail":"Function \'x\': Not found for account \'y\'"}',
      failure: { class: 'model_unavailable' },
    },
    { name: 'spent credits', status: 402, body: '{"detail":"Cloud credits expired"}', failure: { class: 'quota' } },
  ],
}

const polled = 'https://api.us1.bfl.ai/v1/get_result?id=job-1'
const sample = 'https://delivery-us1.bfl.ai/results/ab/cd/sample.jpeg?se=2026&sig=a%2Bb'

const order = (name: string, body: object, id = 'job-1'): Exchange => ({
  sends: { path: `/${name}`, body: { ...body } },
  reply: { body: JSON.stringify({ id, polling_url: polled.replace('job-1', id), cost: 2.5 }) },
})
const poll = (reply: object, more: { id?: string; after?: number } = {}): Exchange => ({
  sends: { path: `/v1/get_result?id=${more.id ?? 'job-1'}`, to: 'https://api.us1.bfl.ai' },
  reply: { body: JSON.stringify({ id: more.id ?? 'job-1', ...reply }) },
  after: more.after ?? 500,
})
const pending = { status: 'Pending', result: null, progress: 0.3 }
const ready = (url = sample) => ({ status: 'Ready', result: { sample: url, prompt: 'A cat', seed: 1, duration: 2.1 } })
const download: Exchange = {
  sends: { path: '/results/ab/cd/sample.jpeg?se=2026&sig=a%2Bb', to: 'https://delivery-us1.bfl.ai' },
  reply: { headers: { 'content-type': 'image/jpeg' }, body: Buffer.from(jpeg, 'base64') },
}
const fluxDev = { upstreamModel: 'flux-dev' }

const bfl: ImagesFixtures = {
  answers: [
    {
      name: 'an image: ordered, asked after, fetched',
      body: '{"model":"a","prompt":"A cat"}',
      target: fluxDev,
      exchanges: [
        order('flux-dev', { prompt: 'A cat' }),
        poll(pending),
        poll({ status: 'Queued' }),
        poll(ready()),
        download,
      ],
      images: [{ b64_json: jpeg }],
    },
    {
      name: 'an image that is to stay where it was left',
      body: '{"model":"a","prompt":"A cat","response_format":"url"}',
      target: fluxDev,
      exchanges: [order('flux-dev', { prompt: 'A cat' }), poll(ready())],
      images: [{ url: sample }],
    },
    {
      name: 'several, ordered at once and each from another seed',
      body: '{"model":"a","prompt":"A cat","n":2,"seed":7,"size":"1024x1536","response_format":"url"}',
      target: fluxDev,
      exchanges: [
        order('flux-dev', { prompt: 'A cat', width: 960, height: 1440, seed: 7 }, 'one'),
        order('flux-dev', { prompt: 'A cat', width: 960, height: 1440, seed: 8 }, 'two'),
        poll(pending, { id: 'one' }),
        poll(ready('https://delivery-us1.bfl.ai/two'), { id: 'two', after: 0 }),
        poll(ready('https://delivery-us1.bfl.ai/one'), { id: 'one' }),
      ],
      images: [{ url: 'https://delivery-us1.bfl.ai/one' }, { url: 'https://delivery-us1.bfl.ai/two' }],
      drops: ['size'],
    },
    {
      name: 'its own parameters, and none that it does not know',
      body: `{"model":"a","prompt":"A cat","size":"1024x768","safety_tolerance":3,"output_format":"png","quality":"hd","style":"vivid","image_prompt":"${png.repeat(300)}","prompt_upsampling":false}`,
      target: fluxDev,
      exchanges: [
        order('flux-dev', {
          prompt: 'A cat',
          width: 1024,
          height: 768,
          safety_tolerance: 3,
          output_format: 'png',
          image_prompt: png.repeat(300),
          prompt_upsampling: false,
        }),
        poll(ready()),
        download,
      ],
      images: [{ b64_json: jpeg }],
      drops: ['quality', 'style'],
    },
    {
      name: 'a shape with models that are asked for one',
      body: '{"model":"a","prompt":"A cat","size":"1792x1024","response_format":"url"}',
      target: { upstreamModel: 'flux-pro-1.1-ultra' },
      exchanges: [order('flux-pro-1.1-ultra', { prompt: 'A cat', aspect_ratio: '7:4' }), poll(ready())],
      images: [{ url: sample }],
      drops: ['size'],
    },
    {
      name: 'no longer shape than they take',
      body: '{"model":"a","prompt":"A cat","size":"256x1024","response_format":"url"}',
      target: { upstreamModel: 'flux-kontext-pro' },
      exchanges: [order('flux-kontext-pro', { prompt: 'A cat', aspect_ratio: '9:21' }), poll(ready())],
      images: [{ url: sample }],
      drops: ['size'],
    },
    {
      name: 'an order without an address, asked after at home',
      body: '{"model":"a","prompt":"A cat","response_format":"url"}',
      target: fluxDev,
      exchanges: [
        { sends: { path: '/flux-dev', body: { prompt: 'A cat' } }, reply: { body: '{"id":"a/b"}' } },
        { sends: { path: '/get_result?id=a%2Fb' }, reply: { body: JSON.stringify(ready()) }, after: 500 },
      ],
      images: [{ url: sample }],
    },
  ],
  badAnswers: [
    ...[
      { status: 'Request Moderated', failure: { class: 'content_policy' } },
      { status: 'Content Moderated', failure: { class: 'content_policy' } },
      { status: 'Error', failure: { class: 'transient' } },
      { status: 'Failed', failure: { class: 'transient' } },
      { status: 'Task not found', failure: { class: 'transient', code: 'upstream_bad_response' } },
    ].map(({ status, failure }) => ({
      name: `an order that ends as "${status}"`,
      replies: [order('flux-dev', {}).reply, poll(pending).reply, poll({ status, result: null }).reply],
      failure: failure as object,
    })),
    {
      name: 'an order without a number',
      replies: [{ body: '{"polling_url":null}' }],
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'an order at something else than an address',
      replies: [{ body: '{"id":"a","polling_url":"file:///etc/passwd"}' }],
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'an order that says nothing',
      replies: [order('flux-dev', {}).reply, { body: '{}' }],
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'a finished order without an image',
      replies: [order('flux-dev', {}).reply, { body: '{"status":"Ready","result":{}}' }],
      failure: { code: 'upstream_bad_response' },
    },
    {
      name: 'an order without end',
      replies: [order('flux-dev', {}).reply, ...Array.from({ length: 130 }, () => poll(pending).reply)],
      failure: { class: 'timeout', message: 'did not finish the image in a minute' },
    },
    {
      name: 'an image that has run out',
      replies: [
        order('flux-dev', {}).reply,
        poll(ready()).reply,
        { headers: { 'content-type': 'application/xml' }, body: '<Error/>' },
      ],
      failure: { code: 'upstream_bad_response' },
    },
  ],
  errors: [
    {
      name: 'an empty account',
      status: 402,
      body: '{"detail":"Insufficient credits. Please add credits to your account."}',
      failure: { class: 'quota', mayBeBilled: false },
    },
    {
      name: 'a refused key',
      status: 403,
      body: '{"detail":"Not authenticated - Invalid Authentication"}',
      failure: { class: 'credential', mayBeBilled: false },
    },
    {
      name: 'too many orders at once',
      status: 429,
      body: '{"detail":"Rate limit exceeded: 24 active tasks"}',
      failure: { class: 'rate_limit', mayBeBilled: false },
    },
    {
      name: 'a field that is wrong',
      status: 422,
      body: '{"detail":[{"type":"less_than_equal","loc":["body","width"],"msg":"Input should be less than or equal to 1440","input":4096}]}',
      failure: { class: 'caller_fault', quote: 'Input should be less than or equal to 1440' },
    },
    {
      name: 'a model that it has not',
      status: 404,
      body: '{"detail":"Not Found"}',
      failure: { class: 'model_unavailable' },
    },
  ],
}

const gateway: ImagesFixtures = {
  streams: [
    {
      name: 'partial images, and what they cost there',
      body: '{"model":"a","prompt":"A cat","stream":true,"metadata":{"a":"b"}}',
      target: gptImage,
      sends: { model: 'gpt-image-2', prompt: 'A cat', stream: true, metadata: { a: 'b' } },
      events:
        partial(0) +
        event('image_generation.completed', { b64_json: png, usage: { ...tokens, cost_details: { total: '0.01' } } }),
      usage: counted,
    },
  ],
  answers: [
    {
      name: 'the fallbacks that were planned, and every field',
      body: '{"model":"a","models":["x"],"prompt":"A cat","metadata":{"a":"b"},"response_format":"url"}',
      target: { fallbackModels: ['b'], upstreamModel: 'gpt-image-2' },
      exchanges: [
        {
          sends: {
            path,
            body: {
              model: 'gpt-image-2',
              models: ['b'],
              prompt: 'A cat',
              metadata: { a: 'b' },
              response_format: 'url',
            },
          },
          reply: {
            body: '{"created":7,"usage":{"input_tokens":0,"output_tokens":0,"total_tokens":0,"images":1,"cost":0.01,"cost_details":{"total":"0.01"}},"data":[{"url":"https://cdn.example/a"}]}',
          },
        },
      ],
      images: [{ url: 'https://cdn.example/a' }],
    },
  ],
}

const xai: ImagesFixtures = {
  answers: [
    {
      name: 'an image in a shape of its own',
      body: '{"model":"a","prompt":"A cat","size":"1024x768","quality":"high","style":"vivid","aspect_ratio":"4:3","response_format":"b64_json"}',
      exchanges: [
        {
          sends: { path, body: { model, prompt: 'A cat', aspect_ratio: '4:3', response_format: 'b64_json' } },
          reply: { body: `{"data":[{"b64_json":"${jpeg}","revised_prompt":"A small cat"}]}` },
        },
      ],
      images: [{ b64_json: jpeg, revised_prompt: 'A small cat' }],
      drops: ['size', 'quality', 'style'],
    },
    {
      name: 'an address, in any size',
      body: '{"model":"a","prompt":"A cat","size":"auto","response_format":"url"}',
      exchanges: [
        {
          sends: { path, body: { model, prompt: 'A cat', response_format: 'url' } },
          reply: { body: '{"data":[{"url":"https://imgen.x.ai/xai-imgen/a.jpeg","revised_prompt":""}]}' },
        },
      ],
      images: [{ url: 'https://imgen.x.ai/xai-imgen/a.jpeg', revised_prompt: '' }],
    },
  ],
}

const suites: Partial<Record<ProviderType, ImagesFixtures>> = {
  xai,
  deepinfra: mostly,
  'openai-compatible': mostly,
  openai: mostly,
  azure: mostly,
  nvidia,
  gemini: drawnByGemini('/models'),
  vertex: drawnByGemini('/publishers/google/models'),
  bfl,
  together,
  openrouter: mostly,
  vllm: mostly,
  sglang: mostly,
  ollama: mostly,
  speka: gateway,
  // It has none of OpenAI's models.
  sandbox: {
    streams: [
      { ...streams[0], name: 'the sandbox', target: {}, sends: { ...sends, model, response_format: 'b64_json' } },
    ] as ImagesStreamFixture[],
    answers: openai.answers.filter(({ target }) => target === undefined),
  },
}

for (const [type, fixtures] of Object.entries(suites))
  describeImages(type, knownProviders[type as ProviderType].adapter, fixtures)

test('every other provider has none', () => {
  const types = Object.keys(knownProviders) as ProviderType[]
  const others = types.filter((type) => suites[type] === undefined)
  const offering = others.filter((type) => (knownProviders[type].adapter as Provider).images !== undefined)
  const remedy = 'give it a row in the suites of images.test.ts; OpenAI’s own shape has fixtures there: mostly'
  expect(offering.map((type) => `${type} offers images: ${remedy}`)).toEqual([])
})
