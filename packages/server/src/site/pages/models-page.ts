import { html, type Html, type Piece } from '../html.ts'
import { modelPath, type ModelFacts } from '../model-facts.ts'
import { operationTitles, type PageFacts } from '../page-facts.ts'
import type { Page } from './layout.ts'
import {
  filterModels,
  isFiltered,
  MOST_COMPARED,
  priceProblem,
  readModelFilter,
  type ModelFilter,
} from './model-filter.ts'
import { abilities, grouped, percent, rateLines, shortPrice } from './page-parts.ts'
import { shareOf } from '../site-records.ts'

/** `/models`: all of them, filtered by a form, and some of them side by side. */
export function modelsPage(facts: PageFacts, query: URLSearchParams): Page {
  const filter = readModelFilter(query)
  const found = filterModels(facts.models, filter)
  return {
    title: 'Models',
    description: `${facts.models.length} models with their prices, context windows and capabilities, to filter and to compare.`,
    path: '/models',
    unlisted: isFiltered(filter),
    body: html`<h1>Models</h1>
<p class="lead">Prices are in US dollars, and from the table that charges.</p>
${comparison(facts, filter)}
<form method="get" action="/models" class="list">
${filterFields(facts.models, filter)}
<p role="status">${found.length === facts.models.length ? `${found.length} models` : `${found.length} of ${facts.models.length} models`}. ${priceProblem(filter)}</p>
${found.length === 0 ? html`<p class="empty">No model fits. <a href="/models">Show all</a></p>` : table(found, filter)}
<p class="actions"><button class="button quiet">Compare what is ticked, up to ${MOST_COMPARED}</button></p>
</form>`,
  }
}

function filterFields(models: readonly ModelFacts[], filter: ModelFilter): Html {
  const vendors = [...new Set(models.map(({ vendor }) => vendor))].sort()
  const capabilities = [...new Set(models.flatMap((model) => model.capabilities))].sort()
  const operations = [...new Set(models.flatMap((model) => model.operations))]
  return html`<fieldset class="filters">
<legend>Filter</legend>
<label>Text <input type="search" name="q" value="${filter.text}" placeholder="llama"></label>
<label>Vendor <select name="vendor"><option value="">Any</option>${vendors.map((vendor) => option(vendor, vendor, filter.vendor))}</select></label>
<label>Can <select name="can"><option value="">Anything</option>
<optgroup label="Operation">${operations.map((name) => option(name, operationTitles[name], filter.can))}</optgroup>
<optgroup label="Capability">${capabilities.map((name) => option(name, name, filter.can))}</optgroup></select></label>
<label>Input up to, $ per 1M <input name="most" value="${filter.most}" inputmode="decimal" placeholder="0.50"></label>
<label class="tick"><input type="checkbox" name="served" value="yes"${filter.onlyServed && html` checked`}> Served now</label>
<button class="button">Apply</button>
${isFiltered(filter) && html`<a href="/models">Clear</a>`}
</fieldset>`
}

export const option = (value: string, title: string, chosen: string): Html =>
  html`<option value="${value}"${value === chosen && html` selected`}>${title}</option>`

function table(models: readonly ModelFacts[], filter: ModelFilter): Html {
  return html`<div class="wide" role="region" aria-label="Models" tabindex="0"><table class="models stack">
<thead><tr><th scope="col">Model</th><th scope="col">Price</th><th scope="col" class="number">Context, tokens</th><th scope="col">Can</th><th scope="col">Compare</th></tr></thead>
<tbody>${models.map(
    (model) => html`<tr>
<th scope="row"><a href="${modelPath(model.id)}">${model.name}</a> <small>${model.id}</small></th>
<td data-label="Price">${shortPrice(model)}${model.providers === 0 && html` <small>not served at present</small>`}</td>
<td class="number" data-label="Context, tokens">${contextOf(model)}</td>
<td data-label="Can">${abilities(model)}</td>
<td data-label="Compare"><label class="tick"><input type="checkbox" name="compare" value="${model.id}"${filter.compare.includes(model.id) && html` checked`}><span class="hidden">Compare ${model.name}</span></label></td>
</tr>`,
  )}</tbody>
</table></div>`
}

const contextOf = ({ contextWindow }: ModelFacts): string =>
  contextWindow === undefined ? '–' : grouped(contextWindow)

function comparison(facts: PageFacts, { compare }: ModelFilter): Piece {
  if (compare.length === 0) return undefined
  const known = compare.flatMap((id) => facts.models.find((model) => model.id === id) ?? [])
  const shown = known.slice(0, MOST_COMPARED)
  const { records } = facts
  const notes = [
    ...(known.length < compare.length ? ['Some of what was chosen is no model here.'] : []),
    ...(known.length > MOST_COMPARED ? [`Only the first ${MOST_COMPARED} stand here.`] : []),
    ...(shown.length === 1 ? ['Tick one more to compare it with.'] : []),
  ]
  const units = [...new Set(shown.flatMap(({ price }) => (price === undefined ? [] : rateLines(price).map(lineTitle))))]
  const rows: (readonly [string, (model: ModelFacts) => Piece])[] = [
    ['Vendor', ({ vendor }) => vendor],
    ...units.map(
      (title) =>
        [title, ({ price }: ModelFacts) => rateText(price === undefined ? [] : rateLines(price), title)] as const,
    ),
    ['Context, tokens', contextOf],
    ['Can', abilities],
    ['Providers now', ({ providers }) => grouped(providers)],
    ['Answered, 30 days', ({ id }) => answered(records.state === 'measured' ? records.models.get(id) : undefined)],
  ]
  return html`<section class="compare"><h2>Side by side</h2>
${notes.length > 0 && html`<p>${notes.join(' ')}</p>`}
${
  shown.length > 0 &&
  html`<div class="wide" role="region" aria-label="Comparison" tabindex="0"><table>
<thead><tr><td></td>${shown.map(({ id, name }) => html`<th scope="col"><a href="${modelPath(id)}">${name}</a></th>`)}</tr></thead>
<tbody>${rows.map(([title, cell]) => html`<tr><th scope="row">${title}</th>${shown.map((model) => html`<td>${cell(model)}</td>`)}</tr>`)}</tbody>
</table></div>`
}</section>`
}

const lineTitle = ({ title, per }: { title: string; per: string }): string => `${title}, ${per}`

function rateText(lines: ReturnType<typeof rateLines>, title: string): string {
  const line = lines.find((one) => lineTitle(one) === title)
  return line === undefined ? '–' : line.usd
}

function answered(records: Parameters<typeof shareOf>[0] | undefined): string {
  const share = records && shareOf(records)
  return share === undefined ? 'not enough requests' : percent(share)
}
