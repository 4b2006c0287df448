import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useAccount } from '../account-filter.ts'
import { answerOf, api } from '../api/client.ts'
import type { Billing as BillingAnswer, Plan } from '../api/lists.ts'
import { pathOf, useLive } from '../api/use-live.ts'
import { Problem } from '../api/problem.ts'
import { exactUsd, picoOf, shortUsd } from '../format/usd.ts'
import { Answered } from '../parts/answered.tsx'
import { Button } from '../parts/button.tsx'
import { Figure } from '../parts/figure.tsx'
import { Filters } from '../parts/filters.tsx'
import { FormDialog } from '../parts/form-dialog.tsx'
import { LimitBar } from '../parts/limit-bar.tsx'
import { Moment } from '../parts/moment.tsx'
import { Money } from '../parts/money.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Panel } from '../parts/panel.tsx'
import { Select } from '../parts/select.tsx'
import { notify } from '../parts/toast.tsx'
import { useMay, useSession } from '../session.ts'
import { CloseMonth } from './billing/close-month.tsx'
import { Credit, Invoices } from './billing/invoices.tsx'

/** What an account is on, what it has paid and will pay. */
export function Billing(): React.JSX.Element {
  const { account: asked, filters } = useAccount()
  const session = useSession()
  const id = session.account?.id ?? asked ?? 'default'
  const billing = useQuery({
    queryKey: ['billing', id],
    queryFn: () => answerOf(api.GET('/api/v1/billing', { params: { query: { account: id } } })),
  })
  useLive({
    path: pathOf('/api/v1/billing', { account: id }),
    queryKey: ['billing', id],
    on: billing.isSuccess,
  })
  return (
    <>
      <PageHeader title="Billing" about={`The plan, the credit and the invoices of ${session.account?.name ?? id}.`}>
        {useMay('payments.write') ? <PaymentPage account={id} /> : null}
        {useMay('invoices.write') ? <CloseMonth /> : null}
      </PageHeader>
      {filters.length === 0 ? null : (
        <div className="mb-4">
          <Filters filters={filters} />
        </div>
      )}
      <Answered query={billing} lines={12}>
        {(data) => (
          <div className="flex flex-col gap-6">
            <CurrentPlan billing={data} />
            <Invoices billing={data} />
            <Credit grants={data.grants} />
          </div>
        )}
      </Answered>
    </>
  )
}

function CurrentPlan({ billing: { account, plans, month } }: { readonly billing: BillingAnswer }): React.JSX.Element {
  const { id, plan, next_plan, revision } = account
  const allowance = month.allowance_usd
  const mayChange = useMay('accounts.write')
  return (
    <Panel
      title="This month"
      aside={
        mayChange ? (
          <ChangePlan account={id} plan={plan} revision={revision} plans={plans} />
        ) : (
          <TakePlan account={id} plan={plan} plans={plans} />
        )
      }
    >
      <dl className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
        <Figure
          label="Plan"
          note={
            next_plan === null ? (
              priceOf(plans, plan)
            ) : (
              <>
                becomes {next_plan.plan} on <Moment at={next_plan.from} />
              </>
            )
          }
        >
          {plan}
        </Figure>
        <Figure
          label="Used"
          note={
            allowance === null ? (
              'no allowance'
            ) : (
              <LimitBar
                label="Allowance"
                share={Number((picoOf(month.spent_usd) * 10_000n) / picoOf(allowance)) / 10_000}
                text={`of ${shortUsd(allowance)} included`}
              />
            )
          }
        >
          <Money usd={month.spent_usd} />
        </Figure>
        <Figure label="Forecast" note="in proportion to the time that is over">
          <Money usd={month.forecast_usd} />
        </Figure>
        <Figure label="Last month">
          <Money usd={month.last_month_usd} />
        </Figure>
      </dl>
    </Panel>
  )
}

const priceOf = (plans: readonly Plan[], id: string): string | null => {
  const plan = plans.find((one) => one.id === id)
  return plan === undefined ? null : `${exactUsd(plan.monthly_usd)} a month, ${exactUsd(plan.included_usd)} included`
}

const optionsOf = (plans: readonly Plan[]) =>
  plans.map(({ id, monthly_usd }) => ({ value: id, text: `${id}: ${exactUsd(monthly_usd)} a month` }))

/** When a plan may begin, beside what is usual. */
const turns = ['now', 'month_end'] as const

interface ChangePlanProps {
  readonly account: string
  readonly plan: string
  readonly revision: number
  readonly plans: readonly Plan[]
}

function ChangePlan({ account, plan, revision, plans }: ChangePlanProps): React.JSX.Element {
  const [form, setForm] = useState({ plan, when: 'usual', revision })
  return (
    <FormDialog
      action="Change plan"
      title={`Change the plan of ${account}`}
      onOpen={() => setForm({ plan, when: 'usual', revision })}
      onSubmit={() =>
        answerOf(
          api.POST('/api/v1/accounts/{id}/plan', {
            params: { path: { id: account } },
            body: { plan: form.plan, when: turns.find((turn) => turn === form.when), revision: form.revision },
          }),
        )
      }
    >
      <Select
        label="Plan"
        value={form.plan}
        options={[{ value: 'none', text: 'none: nothing is limited, and nothing included' }, ...optionsOf(plans)]}
        onChange={(next) => setForm({ ...form, plan: next })}
      />
      <Select
        label="When"
        value={form.when}
        options={[
          { value: 'usual', text: 'as usual: a larger one now, a smaller one with the next month' },
          { value: 'month_end', text: 'when the next month begins' },
          { value: 'now', text: 'now' },
        ]}
        onChange={(when) => setForm({ ...form, when })}
      />
    </FormDialog>
  )
}

/** Leads to the page where payments are taken. Nobody may take any: then the API says so, in words. */
function TakePlan({ account, plan, plans }: Omit<ChangePlanProps, 'revision'>): React.JSX.Element | null {
  const others = plans.filter(({ id, monthly_usd }) => id !== plan && picoOf(monthly_usd) > 0n)
  const [wanted, setWanted] = useState('')
  if (!useMay('payments.write') || others.length === 0) return null
  return (
    <FormDialog
      action="Take another plan"
      title="Take another plan"
      submit="Go on to payment"
      onOpen={() => setWanted(others[0]?.id ?? '')}
      onSubmit={async () => {
        const { url } = await answerOf(api.POST('/api/v1/billing/checkout', { body: { account, plan: wanted } }))
        globalThis.location.assign(url)
      }}
    >
      <Select label="Plan" value={wanted} options={optionsOf(others)} onChange={setWanted} />
    </FormDialog>
  )
}

function PaymentPage({ account }: { readonly account: string }): React.JSX.Element {
  const [busy, setBusy] = useState(false)
  const open = async (): Promise<void> => {
    setBusy(true)
    try {
      const { url } = await answerOf(api.POST('/api/v1/billing/portal', { body: { account } }))
      globalThis.location.assign(url)
    } catch (error) {
      notify(error instanceof Problem ? error.message : 'The page could not be made. Try again.', 'bad')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button busy={busy} onClick={() => void open()}>
      Payment method
    </Button>
  )
}
