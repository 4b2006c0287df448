import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { lazy } from 'react'
import { NotAllowed, NotFound } from './layout/not-here.tsx'
import { SignedIn } from './layout/signed-in.tsx'
import { maySee, pages, type ConsolePage } from './pages.ts'
import { ErrorState } from './parts/error-state.tsx'
import { Loading } from './parts/loading.tsx'
import { parseSearch, stringifySearch, type SearchParams } from './search-params.ts'
import { sessionQuery, useSession } from './session.ts'

const root = createRootRouteWithContext<{ queries: QueryClient }>()({ component: Outlet })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignIn'),
})

/** Everything that only somebody who is signed in sees. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: SignedIn,
  async beforeLoad({ context, location }) {
    const session = await context.queries.ensureQueryData(sessionQuery)
    if (session.actor === null) throw redirect({ to: '/sign-in', search: { back: location.href } })
  },
})

const pageRoute = (page: ConsolePage) => {
  const Page = lazy(async () => ({ default: await page.load() }))
  const Guarded = (): React.JSX.Element => (maySee(page, useSession()) ? <Page /> : <NotAllowed title={page.title} />)
  return createRoute({
    getParentRoute: () => signedIn,
    path: page.path,
    component: Guarded,
    // Read while the pointer is still on its way to the link.
    loader: async () => {
      await page.load()
    },
  })
}

export const createConsoleRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: root.addChildren([signIn, signedIn.addChildren(pages.map(pageRoute))]),
    basepath: '/console',
    context: { queries },
    defaultPreload: 'intent',
    defaultPendingComponent: Loading,
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} retry={reset} />,
    defaultNotFoundComponent: NotFound,
    parseSearch: (search): SearchParams => parseSearch(search),
    stringifySearch,
    scrollRestoration: false,
  })
