import { html, type Html, type Piece } from '../html.ts'
import { modelPath, type ModelFacts, type ModelPrice } from '../model-facts.ts'
import { operationTitles, type PageFacts } from '../page-facts.ts'
import { ENOUGH_REQUESTS, MODEL_DAYS, NO_REQUESTS, shareOf } from '../site-records.ts'
import { snippetsOf } from '../snippets.ts'
import type { Page } from './layout.ts'
import { duration, grouped, percent, rateLines, shortPrice } from './page-parts.ts'

/** `/models/{id}`: everything that is known of one model, and how it is called. */
export function modelPage(facts: PageFacts, model: ModelFacts): Page {
  const { id, name, vendor, capabilities } = model
  const operations = model.operations.map((operation) => operationTitles[operation]).join(', ')
  return {
    title: name,
    description: `${name} (${id}): ${shortPrice(model)}. Price with its source and date, context window, capabilities, measured availability and snippets.`,
    path: modelPath(id),
    body: html`<p class="back"><a href="/models">All models</a></p>
<h1>${name}</h1>
<p class="id"><code>${id}</code></p>
${model.providers === 0 && html`<p class="note">Nobody serves it here at present: no provider that has it is configured.</p>`}
<dl class="facts">
<div><dt>Vendor</dt><dd><a href="/models?vendor=${encodeURIComponent(vendor)}">${vendor}</a></dd></div>
<div><dt>Operations</dt><dd>${operations}</dd></div>
<div><dt>Context window</dt><dd>${model.contextWindow === undefined ? 'not known' : `${grouped(model.contextWindow)} tokens`}</dd></div>
${model.dimensions !== undefined && html`<div><dt>Dimensions</dt><dd>${grouped(model.dimensions)}</dd></div>`}
<div><dt>Served by</dt><dd>${servedBy(model)}</dd></div>
<div><dt>Known to do</dt><dd>${capabilities.length === 0 ? 'nothing is known' : capabilities.join(', ')}</dd></div>
</dl>
<section><h2>Price</h2>${priceOf(model)}</section>
<section><h2>Measured, last ${MODEL_DAYS} days</h2>${measured(facts, model)}</section>
<section><h2>Use it</h2>${snippets(facts, model)}</section>
<p><a href="/models?compare=${encodeURIComponent(id)}">Compare it with others</a> · <a href="/pricing?model=${encodeURIComponent(id)}">Reckon a month</a></p>`,
  }
}

function servedBy({ providers, providerNames }: ModelFacts): string {
  if (providerNames !== undefined && providerNames.length > 0) return providerNames.join(', ')
  if (providers === 0) return 'nobody at present'
  return providers === 1 ? 'one provider' : `${providers} providers, the next where one fails`
}

/** Where a price comes from, in words. */
const sources: Readonly<Record<ModelPrice['source'], string>> = {
  published: 'as published for this gateway',
  directory: 'from the public model directory',
  inferred: 'taken from a comparable model, since none is published',
  config: 'set by whoever runs this service',
  sandbox: 'of the sandbox, which only pretends',
}

function priceOf({ price, laterPrices }: ModelFacts): Html {
  if (price === undefined) return html`<p>No price is known for it, so what it costs is not known either.</p>`
  // The usual one first: it is the one that is looked for.
  const rows = (price.rows ?? [price]).toReversed()
  return html`<div class="wide" role="region" aria-label="Price" tabindex="0"><table>
<thead><tr><th scope="col">Unit</th><th scope="col" class="number">US dollars</th><th scope="col">Per</th><th scope="col">When</th></tr></thead>
<tbody>${rows.flatMap((row) =>
    rateLines(row).map(
      ({ title, usd, per }) =>
        html`<tr><th scope="row">${title}</th><td class="number">${usd}</td><td>${per}</td><td>${conditionOf(row)}</td></tr>`,
    ),
  )}</tbody>
</table></div>
<p class="quiet">Price ${sources[price.source]}${price.asOf !== undefined && `, as of ${price.asOf}`}. It is the one that requests are charged by.</p>
${
  laterPrices.length > 0 &&
  html`<p>It changes: ${laterPrices.map(
    (later) =>
      `from ${later.asOf ?? ''} ${rateLines(later)
        .map(({ title, usd }) => `${title.toLowerCase()} ${usd}`)
        .join(', ')}. `,
  )}</p>`
}`
}

function conditionOf({ when }: ModelPrice): string {
  const parts = [
    ...(when?.serviceTier === undefined ? [] : [`tier ${when.serviceTier}`]),
    ...(when?.aboveInputTokens === undefined ? [] : [`prompts above ${grouped(when.aboveInputTokens)} tokens`]),
  ]
  return parts.length === 0 ? 'usually' : parts.join(', ')
}

function measured({ records }: PageFacts, { id, latencyMs }: ModelFacts): Piece {
  if (records.state === 'adding_up')
    return html`<p>The records are being added up at the moment. The figures stand here once that is done.</p>`
  if (records.state === 'unavailable') return html`<p>The records cannot be read at the moment.</p>`
  const mine = records.models.get(id) ?? NO_REQUESTS
  const share = shareOf(mine)
  if (share === undefined)
    return html`<p>Fewer than ${ENOUGH_REQUESTS} requests in this time: too few to say how well it does.</p>`
  return html`<dl class="numbers">
<div><dt>Answered without an error</dt><dd>${percent(share)}</dd></div>
${latencyMs !== undefined && html`<div><dt>First output, median of the latest</dt><dd>${duration(latencyMs)}</dd></div>`}
</dl>
<p class="quiet">From this gateway’s own records. <a href="/status#how">How it is measured</a></p>`
}

function snippets({ origin }: PageFacts, { id, operations }: ModelFacts): Html {
  const [operation = 'chat'] = operations
  return html`${snippetsOf({ model: id, operation, origin }).map(
    ({ title, install, code }) => html`<details${title === 'curl' && html` open`}><summary>${title}</summary>
${install !== undefined && html`<p><code>${install}</code></p>`}
<pre tabindex="0"><code>${code}</code></pre></details>`,
  )}`
}
