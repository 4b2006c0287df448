import type { ComponentType } from 'react'
import type { Session } from './session.ts'

/** Under what a page's link stands. */
export const sections = ['Gateway', 'Access', 'Money', 'Operator'] as const

export type Section = (typeof sections)[number]

/** A page of the console: where it is, who may see it, and the file that has it. */
export interface ConsolePage {
  /** Under `/console`; `$id` is a part that the page reads by `useParam('id')`. */
  readonly path: string
  readonly title: string
  /** What it takes to see it. */
  readonly right: string
  /** Where its link stands. Default: it has none, since another page leads to it. */
  readonly section?: Section | undefined
  /** Whether it is there at all, for whoever is signed in. Default: yes. */
  readonly shownTo?: ((session: Session) => boolean) | undefined
  /** Loaded when it is first opened. */
  readonly load: () => Promise<ComponentType>
}

/** Every page, in the order of the links to them. A new page is a file in `pages/` and a row here. */
export const pages: readonly ConsolePage[] = [
  {
    path: '/',
    title: 'Overview',
    right: 'usage.read',
    section: 'Gateway',
    load: async () => (await import('./pages/overview.tsx')).Overview,
  },
  {
    path: '/requests',
    title: 'Requests',
    right: 'usage.read',
    section: 'Gateway',
    load: async () => (await import('./pages/requests.tsx')).Requests,
  },
  {
    path: '/requests/$id',
    title: 'Request',
    right: 'usage.read',
    load: async () => (await import('./pages/request.tsx')).RequestTimeline,
  },
  {
    path: '/models',
    title: 'Models',
    right: 'models.read',
    section: 'Gateway',
    load: async () => (await import('./pages/models.tsx')).Models,
  },
  {
    path: '/routing',
    title: 'Routing',
    right: 'models.read',
    section: 'Gateway',
    load: async () => (await import('./pages/routing.tsx')).Routing,
  },
  {
    path: '/playground',
    title: 'Playground',
    right: 'playground.use',
    section: 'Gateway',
    load: async () => (await import('./pages/playground.tsx')).Playground,
  },
  {
    path: '/keys',
    title: 'Keys',
    right: 'keys.read',
    section: 'Access',
    load: async () => (await import('./pages/keys.tsx')).Keys,
  },
  {
    path: '/limits',
    title: 'Limits',
    right: 'limits.read',
    section: 'Access',
    load: async () => (await import('./pages/limits.tsx')).Limits,
  },
  {
    path: '/members',
    title: 'Members',
    right: 'members.read',
    section: 'Access',
    load: async () => (await import('./pages/members.tsx')).Members,
  },
  {
    path: '/teams',
    title: 'Teams',
    right: 'teams.read',
    section: 'Access',
    load: async () => (await import('./pages/teams.tsx')).Teams,
  },
  {
    path: '/customers',
    title: 'Customers',
    right: 'usage.read',
    section: 'Access',
    load: async () => (await import('./pages/customers.tsx')).Customers,
  },
  {
    path: '/tokens',
    title: 'Tokens',
    right: 'tokens.read',
    section: 'Access',
    load: async () => (await import('./pages/tokens.tsx')).Tokens,
  },
  {
    path: '/passkeys',
    title: 'Passkeys',
    right: 'passkeys.own',
    load: async () => (await import('./pages/passkeys.tsx')).Passkeys,
  },
  {
    path: '/audit',
    title: 'Audit',
    right: 'audit.read',
    section: 'Access',
    load: async () => (await import('./pages/audit.tsx')).Audit,
  },
  {
    path: '/billing',
    title: 'Billing',
    right: 'invoices.read',
    section: 'Money',
    load: async () => (await import('./pages/billing.tsx')).Billing,
  },
  {
    path: '/accounts',
    title: 'Accounts',
    right: 'accounts.write',
    section: 'Operator',
    load: async () => (await import('./pages/accounts.tsx')).Accounts,
  },
  {
    path: '/providers',
    title: 'Providers',
    right: 'gateway.read',
    section: 'Operator',
    load: async () => (await import('./pages/providers.tsx')).Providers,
  },
  {
    path: '/system',
    title: 'System',
    right: 'gateway.read',
    section: 'Operator',
    load: async () => (await import('./pages/system.tsx')).System,
  },
]

/** Whether a page is for whoever is signed in. */
export const maySee = (page: ConsolePage, session: Session): boolean =>
  session.rights.includes(page.right) && (page.shownTo?.(session) ?? true)
