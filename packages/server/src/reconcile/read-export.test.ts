import { bytesOf } from './__fixtures__/bytes-of.ts'
import type { ExportLine, ExportOptions } from './export-line.ts'
import { readExport } from './read-export.ts'

interface Read {
  readonly format: string | undefined
  readonly title: string | undefined
  readonly hasIds: boolean | undefined
  readonly lines: readonly Partial<ExportLine>[]
}

/** All lines of an export, without what they do not say. */
async function read(file: string | Uint8Array, options: ExportOptions = {}, pieceBytes = 64): Promise<Read> {
  const lines: Partial<ExportLine>[] = []
  let found: Omit<Read, 'lines'> = { format: undefined, title: undefined, hasIds: undefined }
  for await (const part of readExport(bytesOf(file, pieceBytes), options)) {
    found = part.kind
    for (const { raw: _, ...line } of part.lines)
      lines.push(Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)))
  }
  return { ...found, lines }
}

const DAY = Date.UTC(2026, 10, 22)
const [FROM, UNTIL] = [DAY / 1000, DAY / 1000 + 86_400]
const day = { from: DAY, until: DAY + 86_400_000 }

const openAiCosts = {
  object: 'page',
  data: [
    {
      object: 'bucket',
      start_time: FROM,
      end_time: UNTIL,
      results: [
        {
          object: 'organization.costs.result',
          amount: { value: 0.06, currency: 'usd' },
          line_item: 'gpt-4o-2024-08-06, cached input',
          project_id: 'proj_1',
        },
        {
          object: 'organization.costs.result',
          amount: { value: 1e-7, currency: 'usd' },
          line_item: null,
          project_id: null,
        },
      ],
    },
    { object: 'bucket', start_time: UNTIL, end_time: UNTIL + 86_400, results: [] },
  ],
  has_more: false,
  next_page: null,
}

const openAiUsage = {
  object: 'page',
  data: [
    {
      object: 'bucket',
      start_time: FROM,
      end_time: UNTIL,
      results: [
        {
          object: 'organization.usage.completions.result',
          input_tokens: 1000,
          output_tokens: 500,
          input_cached_tokens: 800,
          num_model_requests: 5,
          model: 'gpt-4o-2024-08-06',
        },
      ],
    },
  ],
  has_more: false,
}

const anthropicCosts = {
  data: [
    {
      starting_at: '2026-11-22T00:00:00Z',
      ending_at: '2026-11-23T00:00:00Z',
      results: [
        {
          amount: '123.45',
          currency: 'USD',
          model: 'claude-sonnet-4-5',
          cost_type: 'tokens',
          token_type: 'output_tokens',
        },
      ],
    },
  ],
  has_more: false,
}

const anthropicUsage = {
  data: [
    {
      starting_at: '2026-11-22T00:00:00Z',
      ending_at: '2026-11-23T00:00:00Z',
      results: [
        {
          model: 'claude-sonnet-4-5',
          uncached_input_tokens: 100,
          cache_read_input_tokens: 20,
          cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
          output_tokens: 50,
        },
      ],
    },
  ],
  has_more: false,
}

const openRouterCsv =
  'generation_id,created_at,cost_total,cost_web_search,cost_cache,cost_file_processing,byok_usage_inference,tokens_prompt,tokens_completion,tokens_reasoning,tokens_cached,model_permaslug,provider_name,variant,cancelled,streamed,user,finish_reason_raw,finish_reason_normalized,generation_time_ms,time_to_first_token_ms,api_key_disabled,api_key_name,app_name\n' +
  'gen-1,2026-11-22 09:00:00.040,0.0125,0,-0.001,0,0,100,20,0,50,acme/fast-20260901,Acme,standard,false,true,,stop,stop,812,130,false,"a, b",\n'

test.each([
  {
    title: 'answers of OpenAI’s costs API',
    file: JSON.stringify(openAiCosts, null, 2),
    lines: [
      { line: 1, ...day, model: 'gpt-4o-2024-08-06', cost: 60_000_000_000n },
      { line: 1, ...day, cost: 100_000n },
    ],
  },
  {
    title: 'answers of OpenAI’s usage API',
    file: JSON.stringify(openAiUsage),
    lines: [{ line: 1, ...day, model: 'gpt-4o-2024-08-06', requests: 5, input: 1000, output: 500 }],
  },
  {
    title: 'OpenAI’s export of costs, from the usage page',
    file:
      'start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,organization_id,organization_name\n' +
      `${FROM},${UNTIL},x,y,0.5617712500000000,usd,"gpt-4o-mini-2024-07-18, input",,org-1,Personal\n${UNTIL},${UNTIL + 86_400},x,y,,,,,,\n`,
    lines: [{ line: 2, ...day, model: 'gpt-4o-mini-2024-07-18', cost: 561_771_250_000n }],
  },
  {
    title: 'OpenAI’s export of usage, from the usage page',
    file:
      'start_time\tend_time\tproject_id\tnum_model_requests\tmodel\tbatch\tinput_tokens\toutput_tokens\tinput_cached_tokens\n' +
      `${FROM}\t${UNTIL}\tproj_1\t10.0\tgpt-4o\tFALSE\t59200.0\t10646.0\t5760.0\n`,
    lines: [{ line: 2, ...day, model: 'gpt-4o', requests: 10, input: 59_200, output: 10_646 }],
  },
  {
    title: 'answers of Anthropic’s cost report',
    file: JSON.stringify(anthropicCosts),
    // In cents.
    lines: [{ line: 1, ...day, model: 'claude-sonnet-4-5', cost: 1_234_500_000_000n }],
  },
  {
    title: 'answers of Anthropic’s usage report',
    file: JSON.stringify(anthropicUsage),
    lines: [{ line: 1, ...day, model: 'claude-sonnet-4-5', input: 127, output: 50 }],
  },
  {
    title: 'Anthropic’s export of usage, from the Console',
    file:
      'usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count,inference_geo,speed\n' +
      '2026-11-22,claude-haiku-4-5-20251001,k,Default,standard,≤ 200k,100,3,4,20,50,0,not_available,\n',
    lines: [{ line: 2, from: DAY, model: 'claude-haiku-4-5-20251001', input: 127, output: 50 }],
  },
  {
    title: 'Anthropic’s export of costs, from the Console',
    file:
      'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed\n' +
      '2026-11-22,Claude Haiku 4.5,Default,k,message,≤ 200k,output,0.02,0.03,token,not_available,\n',
    lines: [{ line: 2, from: DAY, model: 'Claude Haiku 4.5', cost: 20_000_000_000n }],
  },
  {
    title: 'OpenRouter’s export of its activity, a request a line',
    file: openRouterCsv,
    lines: [
      {
        line: 2,
        id: 'gen-1',
        from: DAY + 32_400_040,
        model: 'acme/fast-20260901',
        input: 100,
        output: 20,
        cost: 12_500_000_000n,
      },
    ],
  },
  {
    title: 'answers of OpenRouter’s generation API',
    file: `{"data":{"id":"gen-1","total_cost":0.0125,"created_at":"2026-11-22T09:00:00.040Z","model":"acme/fast","tokens_prompt":90,"tokens_completion":19,"native_tokens_prompt":100,"native_tokens_completion":20}}\n`,
    lines: [
      {
        line: 1,
        id: 'gen-1',
        from: DAY + 32_400_040,
        model: 'acme/fast',
        input: 100,
        output: 20,
        cost: 12_500_000_000n,
      },
    ],
  },
  {
    title: 'answers of OpenRouter’s activity API',
    file: '{"data":[{"date":"2026-11-22","model":"acme/fast","model_permaslug":"acme/fast-20260901","usage":0.015,"byok_usage_inference":0,"requests":5,"prompt_tokens":50,"completion_tokens":125,"reasoning_tokens":25}]}',
    lines: [{ line: 1, from: DAY, model: 'acme/fast', requests: 5, input: 50, output: 125, cost: 15_000_000_000n }],
  },
  {
    title: 'a CSV',
    file: 'request_id;timestamp;model;prompt_tokens;completion_tokens;cost\nchatcmpl-1;2026-11-22T09:00:00Z;m;1;2;$0.5\n',
    lines: [
      { line: 2, id: 'chatcmpl-1', from: DAY + 32_400_000, model: 'm', input: 1, output: 2, cost: 500_000_000_000n },
    ],
  },
])('$title', async ({ title, file, lines }) => {
  for (const pieceBytes of [1, 7, 10_000]) expect(await read(file, {}, pieceBytes)).toMatchObject({ title, lines })
  // In another encoding, with a mark.
  expect(await read(Buffer.from(`\uFEFF${file}`, 'utf16le'))).toMatchObject({ title, lines })
})

test('pages are read one behind the other, and in a list', async () => {
  const pages = [{ ...openAiUsage, has_more: true }, openAiUsage].map((page) => JSON.stringify(page))
  const behind = await read(pages.join('\n'))
  expect(behind.lines.map(({ line }) => line)).toEqual([1, 2])
  expect((await read(`[${pages.join(',')}]`)).lines).toHaveLength(2)
})

test('columns that are called otherwise are named', async () => {
  const file = 'Ref,Tag,Preis\na,2026-11-22,2\n'
  const columns = { id: 'Ref', time: 'tag', cost_usd: 'preis' }
  expect((await read(file, { columns })).lines).toEqual([{ line: 2, id: 'a', from: DAY, cost: 2_000_000_000_000n }])
  await expect(read(file, { columns: { ...columns, id: 'ID' } })).rejects.toThrow(
    'The header has no column "id", which --columns names for id. It has "ref", "tag", "preis".',
  )
  await expect(read(file, { columns: { price: 'preis' } })).rejects.toThrow(
    /^--columns may name id, model, .*, not price\./,
  )
})

test('a column whose name only ends like one of a currency is no matter', async () => {
  const file = 'id,input_tokens,cost_raw\na,1,9\n'
  expect((await read(file)).lines).toEqual([{ line: 2, id: 'a', input: 1 }])
})

test('a cost in another currency beside one in US dollars is no matter', async () => {
  const file = 'id,cost_eur,cost_usd\na,9,2\n'
  expect((await read(file)).lines).toEqual([{ line: 2, id: 'a', cost: 2_000_000_000_000n }])
})

const refused: readonly { what: string; file: string | Uint8Array; says: string | RegExp; options?: ExportOptions }[] =
  [
    { what: 'an empty file', file: '', says: 'The file is empty.' },
    { what: 'a file of empty lines', file: '\n \n\r\n', says: 'The file is empty.' },
    { what: 'Latin-1', file: Buffer.from('id,cost\nZoë,1\n', 'latin1'), says: /^Line 2 is not UTF-8 \(byte 0xeb\)/ },
    {
      what: 'a line cut in the middle',
      file: 'id,time,cost\na,2026-11-22,1\nb,2026-',
      says: 'The file ends in the middle of line 3: it was cut. Export it again.',
    },
    {
      what: 'a line with less than the header',
      file: 'id,time,cost\na,1\n',
      says: 'Line 2 has 2 cells, and the header 3.',
    },
    {
      what: 'a line with more than the header',
      file: 'id,cost\na,1,2\n',
      says: 'Line 2 has 3 cells, and the header 2.',
    },
    {
      what: 'JSON cut in the middle',
      file: JSON.stringify(openAiCosts).slice(0, 200),
      says: /^The file ends on line 1, in the middle of what begins on line 1: it was cut/,
    },
    {
      what: 'the first of several pages',
      file: JSON.stringify({ ...openAiUsage, has_more: true }),
      says: /^What begins on line 1 says that there is more \(has_more\)/,
    },
    {
      what: 'a currency of a column',
      file: 'id,cost,currency\na,1,USD\nb,1,EUR\n',
      says: /^Line 3 is in "EUR"\. The ledger is in US dollars/,
    },
    {
      what: 'a currency of an answer',
      file: JSON.stringify(anthropicCosts).replace('USD', 'GBP'),
      says: /^Line 1 is in "GBP"/,
    },
    {
      what: 'a currency in the amount',
      file: 'id,cost\na,€1\n',
      says: /^Line 2 has "€1" as cost, which is no amount of US dollars/,
    },
    {
      what: 'a cost in a column of another currency',
      file: 'id,time,input_tokens,output_tokens,cost_eur\na,2026-11-22,1,2,0.5\n',
      says: /^The column "cost_eur" is in EUR\. The ledger is in US dollars, and nothing is converted: export in USD/,
    },
    {
      what: 'a cost in a column with the currency in brackets',
      file: 'id,input_tokens,Amount (GBP)\na,1,0.5\n',
      says: /^The column "amount_\(gbp\)" is in GBP/,
    },
    { what: 'a decimal comma', file: 'id;cost\na;0,5\n', says: /^Line 2 has "0,5" as cost/ },
    {
      what: 'a count that is none',
      file: 'id,input_tokens\na,many\n',
      says: 'Line 2 has "many" as input_tokens, which is no whole number.',
    },
    {
      what: 'a date that may be read in two ways',
      file: 'id,time,cost\na,11/12/2026,1\n',
      says: /^Line 2 has "11\/12\/2026" as time/,
    },
    {
      what: 'a header without anything to compare',
      file: 'id,time\na,1\n',
      says: /^The header has no column cost_usd, nor input_tokens, nor output_tokens\. It has "id", "time"/,
    },
    {
      what: 'a header without an id or a time',
      file: 'model,cost\na,1\n',
      says: /^The header has no column id, nor time\./,
    },
    {
      what: 'another CSV than was said',
      file: 'start_time,end_time,amount_value\n1,2,3\n',
      options: { format: 'openai' },
      says: /^The header has no column amount_currency, which OpenAI’s export of costs, from the usage page has/,
    },
    {
      what: 'JSON that is no export',
      file: '{"object":"list","data":[{"id":"a"}]}',
      says: 'What begins on line 1 is none of the exports that are known. It has id.',
    },
    {
      what: 'answers of two kinds',
      file: `${JSON.stringify(openAiCosts)}\n${JSON.stringify(openAiUsage)}`,
      says: /^What begins on line 2 are answers of OpenAI’s usage API, and before it were/,
    },
    {
      what: 'a count in JSON that is none',
      file: JSON.stringify(openAiUsage).replace('1000', '"many"'),
      says: /as input tokens, which is no whole number\.$/,
    },
  ]

test.each(refused)('$what is refused by name', async ({ file, says, options }) => {
  for (const pieceBytes of [7, 10_000]) await expect(read(file, options, pieceBytes)).rejects.toThrow(says)
})

test('a last line without an end is read', async () => {
  expect((await read('id,cost\na,1')).lines).toHaveLength(1)
})
