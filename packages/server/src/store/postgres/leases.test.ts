import { describeBudgets } from '../../../../core/src/limits/budgets.contract.ts'
import { describeAdmission } from '../../../../core/src/limits/leases/admission.contract.ts'
import { describeWithPostgres } from '../../../../../test/support/services/new-database.ts'
import { postgresWorld } from './__fixtures__/postgres-world.ts'

describeWithPostgres('leases in PostgreSQL', () => {
  describeBudgets('postgres', { open: postgresWorld, runs: 5 })
  describeAdmission('postgres', { open: postgresWorld, runs: 5 })
  describeAdmission('postgres, whose owners reach each other by its notices', {
    open: () => postgresWorld({ reach: 'by notices' }),
    runs: 5,
  })
})
