import type { Fault } from '../../store/faults.ts'
import { html, type Html } from '../html.ts'
import type { PageFacts, ProviderStates } from '../page-facts.ts'
import {
  addShares,
  answerable,
  ENOUGH_REQUESTS,
  failedOf,
  INCIDENT_FAILURES,
  INCIDENT_SHARE,
  MODEL_DAYS,
  shareOf,
  STATUS_DAYS,
  type DayRecords,
  type Incident,
  type MeasuredRecords,
  type Share,
} from '../site-records.ts'
import type { Page } from './layout.ts'
import { duration, grouped, hourOf, levelOf, percent } from './page-parts.ts'

/** What is aimed at; told as reached only where it was. */
const AIM = 0.999

/** `/status`: how it has done by its own records, and how it does now. */
export function statusPage(facts: PageFacts): Page {
  const { records, providers } = facts
  return {
    title: 'Status',
    description: `How this service does now, and how it has done on each of the last ${STATUS_DAYS} days, by its own records.`,
    path: '/status',
    body: html`<h1>Status</h1>
<section><h2>Now</h2>${presentState(providers)}</section>
<section><h2>Last ${STATUS_DAYS} days</h2>${past(records)}</section>
<section id="how"><h2>How it is measured</h2>
<p>Every request is recorded when it ends, and these figures are the sums of those records, of all callers together. A request has failed when its caller got an error in place of an answer, or an answer that broke off; one that a second provider answered after a first had failed is answered. A caller who leaves is no failure.</p>
<p>Each failure is somebody’s. An upstream’s: it could not be reached, did not answer in time, broke off, had no room left or had trouble of its own. This service’s: something went wrong in it, it was being stopped, or its own key was refused. The caller’s: the request was malformed, too long, or declined for its content, or a limit that the caller is under ended it. <strong>Upstreams’ failures and this service’s count against availability; the caller’s do not</strong>: requests that failed by these are left out of the share altogether. What was refused before it began, for a wrong key or a limit, is in no sum; nor is the time in which the gateway itself was not there.</p>
<p>No share is told of fewer than ${ENOUGH_REQUESTS} requests. An incident is an hour in which less than ${percent(INCIDENT_SHARE)} were answered, and at least ${INCIDENT_FAILURES} failed, by that count. Days and hours are in UTC.</p>
</section>`,
  }
}

function presentState({ ready, failing, silent }: ProviderStates): Html {
  return html`<p class="state">${stateInWords({ ready, failing })}</p>
${silent.length > 0 && html`<p>Not answered at present: ${silent.join(', ')}.</p>`}`
}

function stateInWords({ ready, failing }: Omit<ProviderStates, 'silent'>): Html {
  if (ready === 0) return html`<span class="dot few"></span> No provider is configured. Only the sandbox answers.`
  if (failing === 0)
    return html`<span class="dot good"></span> ${ready === 1 ? 'The one provider is in use' : `All ${ready} providers are in use`}, and none is failing.`
  if (failing < ready)
    return html`<span class="dot fair"></span> ${failing} of ${ready} providers ${failing === 1 ? 'is' : 'are'} not in use at present. Requests go to the others where those have the model.`
  return html`<span class="dot bad"></span> No provider answers at present.`
}

function past(records: PageFacts['records']): Html {
  if (records.state === 'adding_up')
    return html`<p class="note">The records are being added up at the moment. The figures stand here once that is done; nothing is lost.</p>`
  if (records.state === 'unavailable')
    return html`<p class="note">The records cannot be read at the moment. Requests are not affected by that alone.</p>`
  return measured(records)
}

function measured({ days, incidents, firstOutput }: MeasuredRecords): Html {
  const all = addShares(days)
  const share = shareOf(all)
  return html`<p>${inAll(share)}</p>
${share !== undefined && byFault(all)}
${share !== undefined && firstOutput !== undefined && html`<p>Of the answers of the last ${MODEL_DAYS} days half had begun within ${duration(firstOutput.p50)}, and 95 of a hundred within ${duration(firstOutput.p95)}.</p>`}
<ol class="days" aria-label="Each of ${days.length} days, the oldest first">${days.map(day)}</ol>
<p class="legend quiet"><span class="dot good"></span> 99.9 % or more <span class="dot fair"></span> 99 % or more <span class="dot bad"></span> less <span class="dot few"></span> fewer than ${ENOUGH_REQUESTS} requests <span class="dot none"></span> none</p>
<h3>Incidents</h3>
${incidents.length === 0 ? html`<p>None in this time.</p>` : html`<ul>${incidents.map(incident)}</ul>`}
<details><summary>The days as a table</summary><table>
<thead><tr><th scope="col">Day</th><th scope="col" class="number">Answered</th></tr></thead>
<tbody>${days.toReversed().map((one) => html`<tr><th scope="row">${one.day}</th><td class="number">${dayInWords(one)}</td></tr>`)}</tbody>
</table></details>`
}

/** The same, in the order in which it matters to who reads. */
const faultTitles: Readonly<Record<Fault, string>> = {
  upstream: 'Failed by an upstream',
  gateway: 'Failed by this service',
  caller: 'Failed by the caller, not counted',
}

/** Whose fault it was, where something failed. */
const byFault = (share: Share): Html =>
  html`<dl class="numbers">${(['upstream', 'gateway', 'caller'] as const).map(
    (fault) => html`<div><dt>${faultTitles[fault]}</dt><dd>${failing(share[fault], share.requests)}</dd></div>`,
  )}</dl>`

/** A share of failures as it is read: never rounded down to none. */
const failing = (failed: number, requests: number): string =>
  `${(Math.ceil((failed / requests) * 10_000 - 1e-6) / 100).toFixed(2)}\u{a0}%`

function inAll(share: number | undefined): string {
  if (share === undefined)
    return `Fewer than ${ENOUGH_REQUESTS} requests in this time: too few to say how well it does.`
  return `${percent(share)} of all requests were answered without an error${share >= AIM ? ', so the 99.9 % that are aimed at were reached' : ''}.`
}

function day(one: DayRecords): Html {
  const share = shareOf(one)
  const words = `${one.day}: ${dayInWords(one)}`
  return html`<li class="${levelOf(one, share)}" title="${words}"><span class="hidden">${words}</span></li>`
}

function dayInWords(one: DayRecords): string {
  const share = shareOf(one)
  if (one.requests === 0) return 'no requests'
  return share === undefined ? `fewer than ${ENOUGH_REQUESTS} requests` : percent(share)
}

function incident({ from, until, ...share }: Incident): Html {
  const hours = (until - from) / 3_600_000
  return html`<li>${hourOf(from)}, ${hours === 1 ? 'one hour' : `${grouped(hours)} hours`}: ${percent(1 - failedOf(share) / answerable(share))} answered, ${whose(share)}</li>`
}

/** By whose fault others were not; who made the most of them first. */
function whose({ upstream, gateway }: Share): string {
  if (gateway === 0) return 'the others failed by an upstream'
  if (upstream === 0) return 'the others failed by this service'
  return `the others failed by ${upstream >= gateway ? 'an upstream and by this service' : 'this service and by an upstream'}`
}
