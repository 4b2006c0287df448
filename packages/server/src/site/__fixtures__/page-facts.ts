import { plans, shippedModels } from '@speka/core/internal'
import { html } from '../html.ts'
import { modelFactsOf, type ModelFacts } from '../model-facts.ts'
import type { PageFacts } from '../page-facts.ts'
import { readSiteRecords, type MeasuredRecords } from '../site-records.ts'

/** The last day of November, at noon. */
export const NOW = Date.UTC(2026, 10, 30, 12)

/** The models that ship, each as if one provider had it. */
export const someModels = (): ModelFacts[] =>
  shippedModels.map((model) => ({ ...modelFactsOf({ model, targets: [] }, NOW, false), providers: 1 }))

/** Facts of a site that nobody has called yet, changed as asked. */
export async function pageFacts(changes: Partial<PageFacts> = {}): Promise<PageFacts> {
  return {
    look: { name: 'Speka', logo: undefined, style: '/site/style.css', texts: {}, imprint: undefined, contact: undefined },
    origin: 'http://localhost:7735',
    publicUrl: undefined,
    now: NOW,
    models: someModels(),
    plans,
    records: await noRecords(),
    providers: { ready: 2, failing: 0, silent: [] },
    docs: [
      {
        slug: 'limits',
        title: 'Limits',
        description: 'Budgets and rates.',
        headings: [{ id: 'rates', text: 'Rates of keys' }],
        body: html`<h1>Limits</h1><h2 id="rates">Rates of keys</h2>`,
      },
    ],
    posts: [
      { slug: 'hello', title: 'Hello', date: '2026-11-01', description: 'The first.', body: html`<p>The first.</p>` },
    ],
    canSignUp: true,
    ...changes,
  }
}

/** What an empty ledger says. */
export const noRecords = (): Promise<MeasuredRecords> => readSiteRecords({ totals: () => Promise.resolve([]), times: () => Promise.resolve([]), faults: () => Promise.resolve([]) }, NOW)
