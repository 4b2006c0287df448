import { CSPProvider } from '@base-ui/react/csp-provider'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { applyTheme, chosenTheme } from './layout/theme.ts'
import { Toasts } from './parts/toast.tsx'
import { createQueryClient } from './query-client.ts'
import { createConsoleRouter } from './router.tsx'
import './styles.css'

applyTheme(chosenTheme())

const queries = createQueryClient(() => void router.invalidate())
const router = createConsoleRouter(queries)

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no element #root.')

createRoot(root).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={queries}>
        <Toasts>
          <RouterProvider router={router} />
        </Toasts>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
)
