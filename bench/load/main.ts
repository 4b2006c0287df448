// The load generator: does one job after another for the process that started it, and answers each with its result.
import { hold } from './hold.ts'
import type { Job } from './job.ts'
import { pace } from './pace.ts'
import { plan } from './plan.ts'
import { probe } from './probe.ts'
import { saturate } from './saturate.ts'

async function run(job: Job): Promise<object> {
  switch (job.kind) {
    case 'probe':
      return probe(job)
    case 'saturate':
      return saturate(job)
    case 'pace':
      return pace(job)
    case 'hold':
      return hold(job)
    case 'plan':
      return plan(job)
  }
}

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
  )
})

// Until a job comes, nothing else keeps this process alive.
process.channel?.ref()
