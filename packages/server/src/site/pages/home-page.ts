import type { UnitPrice } from '@speka/core'
import { formatPricePerMillion } from '@speka/core/internal'
import { html, type Html } from '../html.ts'
import { modelPath } from '../model-facts.ts'
import type { PageFacts } from '../page-facts.ts'
import { addShares, MODEL_DAYS, shareOf } from '../site-records.ts'
import type { Page } from './layout.ts'
import { dollars, grouped, percent, shortPrice } from './page-parts.ts'

/** `/`: what it is, what has to be changed to use it, and what is there. */
export function homePage(facts: PageFacts): Page {
  const { look, origin, models, canSignUp, docs } = facts
  const tagline = look.texts.tagline ?? 'One API for many models'
  const intro =
    look.texts.intro ??
    'Keep the client you have. One address and one key reach every model here; when a provider fails, the request goes to the next, and you see what each answer has cost.'
  const shown = models.filter(({ providers }) => providers > 0)
  const first = shown.find(({ operations }) => operations.includes('chat')) ?? models[0]
  return {
    title: tagline,
    description: intro,
    path: '/',
    body: html`<section class="hero">
<div>
<h1>${tagline}</h1>
<p class="lead">${intro}</p>
<p class="actions">${canSignUp && html`<a class="button" href="/signup">Get a key</a> `}<a class="button quiet" href="/models">See the models</a>${docs.length > 0 && html` <a class="button quiet" href="/docs">Read the docs</a>`}</p>
</div>
<figure>
<figcaption>Change two values, and keep the rest</figcaption>
<pre tabindex="0"><code>from openai import OpenAI

client = OpenAI(
    <mark>base_url="${origin}/v1"</mark>,
    <mark>api_key="sk-…"</mark>,
)
client.chat.completions.create(
    model="${first?.id ?? 'speka/sandbox'}",
    messages=[{"role": "user", "content": "Hello"}],
)</code></pre>
</figure>
</section>
<section>
<h2 class="hidden">In numbers</h2>
<dl class="numbers">${numbersOf(facts).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>
<section class="features">
<h2>What you get</h2>
<ul>${features.map(([title, text]) => html`<li><h3>${title}</h3><p>${text}</p></li>`)}</ul>
</section>
<section>
<h2>Models</h2>
${someModels(facts)}
<p><a href="/models">All ${models.length} models, with filters and a comparison</a></p>
</section>`,
  }
}

const features: readonly (readonly [string, string])[] = [
  [
    'Fallback',
    'A request that one provider cannot answer goes to the next, within one deadline, before anything has been sent to you.',
  ],
  ['Exact cost', 'Each answer says what it has cost, and the prices you see here come from the table that charges.'],
  ['Limits', 'Budgets and rates for keys, teams and customers, which hold under load and say why they refuse.'],
  [
    'Your client',
    'The official OpenAI clients, LangChain, LlamaIndex, n8n, or curl: streaming, tools and JSON as they are.',
  ],
]

function numbersOf({ models, records }: PageFacts): readonly (readonly [string, string])[] {
  const served = models.filter(({ providers }) => providers > 0)
  const vendors = new Set(models.map(({ vendor }) => vendor))
  const cheapest = served
    .flatMap(({ price }) => (price?.input !== undefined && price.source !== 'sandbox' ? [price.input] : []))
    .reduce<UnitPrice | undefined>((least, rate) => (least === undefined || rate < least ? rate : least), undefined)
  const share = records.state === 'measured' ? shareOf(addShares(records.models.values())) : undefined
  return [
    ['Models', grouped(models.length)],
    ['Served now', grouped(served.length)],
    ['Vendors', grouped(vendors.size)],
    ...(cheapest === undefined ? [] : [['1M input tokens from', dollars(formatPricePerMillion(cheapest))] as const]),
    ...(share === undefined ? [] : [[`Requests answered, ${MODEL_DAYS} days`, percent(share)] as const]),
  ]
}

const SHOWN = 6

function someModels({ models }: PageFacts): Html {
  const served = models.filter(({ providers }) => providers > 0)
  const some = [...served, ...models.filter((model) => !served.includes(model))].slice(0, SHOWN)
  return html`<ul class="cards">${some.map(
    (model) =>
      html`<li><h3><a href="${modelPath(model.id)}">${model.name}</a></h3><p class="id">${model.id}</p><p>${shortPrice(model)}</p></li>`,
  )}</ul>`
}
