import { eventually } from '../../support/eventually.ts'
import type { Visitor } from './visitor.ts'
import type { World } from './world.ts'

/** Signs in with the admin token, as a person does, and is on the Overview. */
export async function signInAsOperator({ operator, gateway }: World, { page }: Visitor): Promise<void> {
  await page.goto(`${operator}/console`)
  await page.getByLabel(/admin token/i).fill(gateway.adminToken)
  await page.getByRole('button', { name: /sign in/i }).click()
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
}

/** The newest code that the operator's log holds for an address: it is there where no mail is set up. */
export async function codeFor({ gateway }: World, email: string): Promise<string> {
  const found = (): string | undefined => {
    const line = gateway
      .logs()
      .split('\n')
      .findLast((text) => text.includes(email) && /\b\d{6}\b/.test(text))
    return line === undefined ? undefined : /(?:code\D{0,20})(\d{6})\b/i.exec(line)?.[1]
  }
  await eventually(() => found() !== undefined, `the log holds a code for ${email}`)
  return found() ?? ''
}
