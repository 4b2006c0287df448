import { Dialog } from '@base-ui/react/dialog'
import { Outlet, useMatches } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { pages } from '../pages.ts'
import { useSession } from '../session.ts'
import { Navigation } from './navigation.tsx'
import { OfflineNotice } from './offline-notice.tsx'
import { Who } from './who.tsx'

/** What stands around every page: links on the left of a wide screen, behind a button on a narrow one. */
export function Shell(): React.JSX.Element {
  const { name } = useSession().site
  useTitle(name)
  return (
    <>
      <a
        href="#page"
        className="sr-only bg-accent px-4 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md"
      >
        Skip to the page
      </a>
      <OfflineNotice />
      <div className="mx-auto flex min-h-dvh max-w-[1600px] flex-col md:flex-row">
        <header className="flex items-center justify-between border-b border-line bg-surface px-4 py-3 md:hidden">
          <Name name={name} />
          <Drawer />
        </header>
        <aside className="sticky top-0 hidden h-dvh w-56 shrink-0 flex-col gap-4 border-r border-line bg-surface p-4 md:flex">
          <Name name={name} />
          <div className="min-h-0 flex-1 overflow-y-auto">
            <Navigation />
          </div>
          <Who />
        </aside>
        <main id="page" tabIndex={-1} className="min-w-0 flex-1 p-4 outline-none md:p-8">
          <Outlet />
        </main>
      </div>
    </>
  )
}

const Name = ({ name }: { readonly name: string }): React.JSX.Element => (
  <p className="px-3 text-lg font-semibold tracking-tight">{name}</p>
)

function Drawer(): React.JSX.Element {
  const [open, setOpen] = useState(false)
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="rounded-md border border-line bg-surface px-3 py-1.5">Menu</Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Popup className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col justify-between gap-6 overflow-y-auto bg-surface p-4">
          <div className="flex flex-col gap-6">
            <div className="flex items-center justify-between">
              <Dialog.Title className="px-3 text-lg font-semibold">Pages</Dialog.Title>
              <Dialog.Close className="rounded-md px-3 py-1.5 hover:bg-raised">Close</Dialog.Close>
            </div>
            <Navigation onChosen={() => setOpen(false)} />
          </div>
          <Who />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

/** The browser's tab says which page it is. */
function useTitle(name: string): void {
  const path = useMatches().at(-1)?.routeId ?? ''
  const title = pages.find((page) => path === `/signed-in${page.path}`)?.title
  useEffect(() => {
    document.title = title === undefined ? name : `${title} · ${name}`
  }, [title, name])
}
