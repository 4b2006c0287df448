import { useSyncExternalStore } from 'react'

const listen = (changed: () => void): (() => void) => {
  globalThis.addEventListener('online', changed)
  globalThis.addEventListener('offline', changed)
  return () => {
    globalThis.removeEventListener('online', changed)
    globalThis.removeEventListener('offline', changed)
  }
}

/** Says that what is shown may be old, while there is no network. */
export function OfflineNotice(): React.JSX.Element | null {
  const isOnline = useSyncExternalStore(listen, () => navigator.onLine)
  return isOnline ? null : (
    <p role="status" className="bg-warn-soft px-4 py-2 text-center text-warn">
      You are offline. What you see is from before; it will be read again once you are back.
    </p>
  )
}
