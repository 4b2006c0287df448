import { Tiktoken } from 'js-tiktoken/lite'
import cl100k from 'js-tiktoken/ranks/cl100k_base'
import { randomFrom } from '../../../../test/support/random-from.ts'
import { tokensInJson } from '../../../core/src/operations/chat/upward-tokens.ts'

const tokenizer = new Tiktoken(cl100k)
const random = randomFrom(1)
const anyOf = (letters: string, length: number): string =>
  Array.from({ length }, () => letters[Math.floor(random() * letters.length)]).join('')

const hexadecimal = '0123456789abcdef'
const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

const texts = {
  prose:
    'It was getting late, and whoever still had something to say about the harvest said it now, before the lamps went out.',
  code: 'export const half = (values: readonly number[]): number[] => {\n    return values.map((value) => value / 2)\n}\n',
  JSON: '{"id":17,"names":["ann","bob"],"active":true,"score":3.25,"tags":{"a":null,"b":[]}}',
  'a table': '| name   | value |\n| ------ | ----- |\n| width  | 12.5  |\n| height | 7     |\n',
  'a log': '2026-11-30T07:18:19.004Z WARN [worker-3] GET /v1/models 200 in 12 ms, request 01a0c450-6c7b-7a19-bcbf',
  German: 'Die Donaudampfschifffahrt fährt heute wegen außergewöhnlicher Wetterverhältnisse nicht.',
  Finnish: 'Tekoäly on tietokoneohjelma, joka kykenee älykkäiksi laskettaviin toimintoihin.',
  Polish: 'Wczoraj wieczorem przyszli do nas sąsiedzi, żeby porozmawiać o nadchodzących świętach.',
  Turkish: 'Bugün hava çok güzel olduğundan çocuklarımızla birlikte parka gitmeye karar verdik.',
  Russian: 'Вчера вечером мы долго разговаривали о том, что делать дальше.',
  Arabic: 'ذهبنا أمس إلى السوق لشراء الخضروات والفواكه الطازجة',
  Hindi: 'हम कल सुबह बाजार जाकर ताज़ी सब्जियाँ खरीदेंगे',
  Chinese: '昨天晚上我们一起去了新开的那家饭店，味道非常好。',
  Japanese: '昨日の夜、新しくできたレストランへ行きましたが、とても美味しかったです。',
  pictograms: '🎉🚀😀🇩🇪👍🏽',
  'hexadecimal digits': anyOf(hexadecimal, 400),
  base64: anyOf(base64, 400),
  'letters at random': Array.from({ length: 60 }, () => anyOf('abcdefghijklmnopqrstuvwxyz', 6)).join(' '),
} as const

test.each(Object.entries(texts))(
  '%s is estimated at no fewer tokens than it has, and not at many times as many',
  (_, text) => {
    // Said again and again, as a conversation is longer than a line.
    const long = `${text} `.repeat(10)
    const bytes = Buffer.from(JSON.stringify(long))
    const estimated = tokensInJson(bytes, 0, bytes.length)
    const counted = tokenizer.encode(long).length
    expect(estimated).toBeGreaterThanOrEqual(counted)
    expect(estimated).toBeLessThan(counted * 3.2)
  },
)
