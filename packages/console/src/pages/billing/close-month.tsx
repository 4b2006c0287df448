import { useState } from 'react'
import { answerOf, api } from '../../api/client.ts'
import { monthStart } from '../../format/moment.ts'
import { FormDialog } from '../../parts/form-dialog.tsx'
import { TextField } from '../../parts/text-field.tsx'
import { notify } from '../../parts/toast.tsx'

const lastMonth = (): string => monthStart(new Date(), -1).toISOString().slice(0, 7)

/** Issues the invoices of a month that is over, of all accounts. What is too early for it is told by the API, in words. */
export function CloseMonth(): React.JSX.Element {
  const [month, setMonth] = useState(lastMonth)
  return (
    <FormDialog
      action="Close a month"
      title="Issue the invoices of a month"
      submit="Close the month"
      onOpen={() => setMonth(lastMonth())}
      onSubmit={async () => {
        const { issued } = await answerOf(api.POST('/api/v1/invoices/close', { body: { month } }))
        notify(issued === 1 ? `1 invoice issued for ${month}.` : `${issued} invoices issued for ${month}.`)
      }}
    >
      <p className="text-quiet">
        All accounts that have something to pay get their invoices. An invoice does not change once it is issued; what
        is found later stands on the next one.
      </p>
      <TextField
        label="Month"
        value={month}
        onChange={setMonth}
        required
        hint="Such as 2026-10, in UTC. Over for a day at least."
      />
    </FormDialog>
  )
}
