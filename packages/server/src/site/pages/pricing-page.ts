import { formatUsd } from '@speka/core'
import type { Plan } from '@speka/core/internal'
import { html, type Html, type Piece } from '../html.ts'
import type { ModelFacts, ModelPrice } from '../model-facts.ts'
import { modelPath } from '../model-facts.ts'
import type { PageFacts } from '../page-facts.ts'
import type { Page } from './layout.ts'
import { option } from './models-page.ts'
import { cheapest, monthOnPlans, usageCost } from './month-cost.ts'
import { dollars, grouped } from './page-parts.ts'

/** More than this a month is taken for a slip. */
const MOST_TOKENS = 1e15

/** `/pricing`: the plans there are, and what a month would come to. */
export function pricingPage(facts: PageFacts, query: URLSearchParams): Page {
  const { plans, look } = facts
  const isAsked = [...query.keys()].length > 0
  return {
    title: 'Pricing',
    description: `${plans.length === 1 ? 'One plan' : `${plans.length} plans`}, and each model at its own price. Reckon what a month comes to.`,
    path: '/pricing',
    unlisted: isAsked,
    body: html`<h1>Pricing</h1>
<p class="lead">${look.texts.pricing ?? 'A plan pays for usage up to its allowance. Beyond that, each model costs what its page says.'}</p>
${
  plans.length > 0 &&
  html`<div class="wide" role="region" aria-label="Plans" tabindex="0"><table class="stack">
<thead><tr><th scope="col">Plan</th><th scope="col" class="number">A month</th><th scope="col" class="number">Usage included</th><th scope="col" class="number">Requests a minute</th><th scope="col" class="number">Keys</th><th scope="col">Beyond the allowance</th><th scope="col">Also</th></tr></thead>
<tbody>${plans.map(planRow)}</tbody>
</table></div>`
}
<section id="calculator"><h2>Reckon a month</h2>${calculator(facts, query)}</section>`,
  }
}

const planRow = (plan: Plan): Html => html`<tr>
<th scope="row">${plan.id}</th>
<td class="number" data-label="A month">${dollars(formatUsd(plan.monthlyPrice))}</td>
<td class="number" data-label="Usage included">${dollars(formatUsd(plan.includedUsage))}</td>
<td class="number" data-label="Requests a minute">${countOrAny(plan.requestsPerMinute)}</td>
<td class="number" data-label="Keys">${countOrAny(plan.keys)}</td>
<td data-label="Beyond the allowance">${overages[plan.overage]}</td>
<td data-label="Also">${(plan.features ?? []).map((feature) => featureTitles[feature] ?? feature).join(', ') || '–'}</td>
</tr>`

const overages: Readonly<Record<Plan['overage'], string>> = {
  stop: 'requests stop until the next month',
  bill: 'billed at the models’ prices',
}

const featureTitles: Readonly<Record<string, string>> = { sso: 'single sign-on', audit: 'audit log' }

const countOrAny = (count: number | undefined): string => (count === undefined ? 'any number' : grouped(count))

function calculator({ models, plans }: PageFacts, query: URLSearchParams): Html {
  const priced = models.flatMap((model) => (model.price?.input === undefined ? [] : [{ model, price: model.price }]))
  const chosen = priced.find(({ model }) => model.id === query.get('model')) ?? priced[0]
  const [input, output] = [readTokens(query, 'input', '10000000'), readTokens(query, 'output', '2000000')]
  if (chosen === undefined) return html`<p>No model here has a price for tokens.</p>`
  return html`<form method="get" action="/pricing#calculator" class="filters">
<label>Model <select name="model">${priced.map(({ model: { id, name } }) => option(id, name, chosen.model.id))}</select></label>
<label>Input tokens a month <input name="input" value="${input.text}" inputmode="numeric"></label>
<label>Output tokens a month <input name="output" value="${output.text}" inputmode="numeric"></label>
<button class="button">Reckon</button>
</form>
<div role="status">${input.count === undefined || output.count === undefined ? html`<p class="note">Write whole numbers of tokens, such as 10000000.</p>` : result(chosen, input.count, output.count, plans)}</div>
<p class="quiet">At the usual price of the model. What is made by the piece, such as an image, stands on the page of its model.</p>`
}

interface Tokens {
  readonly text: string
  /** `undefined`: what was written is no number of tokens. */
  readonly count: number | undefined
}

function readTokens(query: URLSearchParams, name: string, usual: string): Tokens {
  const text = (query.get(name) ?? usual).trim().slice(0, 30)
  const digits = text.replaceAll(/[ ,_']/g, '')
  const count = Number(digits)
  return { text, count: /^\d+$/.test(digits) && count <= MOST_TOKENS ? count : undefined }
}

interface Chosen {
  readonly model: ModelFacts
  readonly price: ModelPrice
}

function result({ model, price }: Chosen, input: number, output: number, plans: readonly Plan[]): Piece {
  const usage = usageCost(price, input, output)
  if (usage === undefined) return html`<p>What this comes to is not known.</p>`
  const months = monthOnPlans(usage, plans)
  const best = cheapest(months)
  return html`<p>${grouped(input)} tokens in and ${grouped(output)} out of <a href="${modelPath(model.id)}">${model.name}</a> cost <strong>${dollars(formatUsd(usage))}</strong>${best !== undefined && html`. The cheapest plan for that is <strong>${best.plan.id}</strong>, with ${dollars(formatUsd(best.total ?? usage))} in all`}.</p>
${
  months.length > 0 &&
  html`<table>
<thead><tr><th scope="col">Plan</th><th scope="col" class="number">The month in all</th></tr></thead>
<tbody>${months.map(
    (month) =>
      html`<tr${month === best && html` class="best"`}><th scope="row">${month.plan.id}${month === best && html` <small>cheapest</small>`}</th><td class="number">${month.total === undefined ? 'stops before' : dollars(formatUsd(month.total))}</td></tr>`,
  )}</tbody></table>`
}`
}
