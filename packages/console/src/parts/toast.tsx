import { Toast } from '@base-ui/react/toast'
import type { ReactNode } from 'react'

const manager = Toast.createToastManager()

const tones = { good: 'border-good', bad: 'border-bad' } as const

/** Says what was done, or what went wrong, at the edge of the page for a while. */
export const notify = (text: string, tone: keyof typeof tones = 'good'): void => {
  manager.add({ description: text, type: tone, priority: tone === 'bad' ? 'high' : 'low' })
}

export const Toasts = ({ children }: { readonly children: ReactNode }): React.JSX.Element => (
  <Toast.Provider toastManager={manager}>
    {children}
    <Toast.Portal>
      <Toast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(24rem,92vw)] flex-col gap-2">
        <Shown />
      </Toast.Viewport>
    </Toast.Portal>
  </Toast.Provider>
)

const Shown = (): ReactNode =>
  Toast.useToastManager().toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className={`rounded-md border-l-4 bg-surface p-3 shadow-lg ring-1 ring-line ${toast.type === 'bad' ? tones.bad : tones.good}`}
    >
      <Toast.Content className="flex items-start justify-between gap-3">
        <Toast.Description />
        <Toast.Close className="text-quiet underline">Close</Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ))
