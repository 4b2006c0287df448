import tailwind from '@tailwindcss/vite'
import { defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { heldToBudget } from './build/held-to-budget.ts'
import { withoutInline } from './build/without-inline.ts'

export default defineConfig({
  base: '/console/',
  plugins: [tailwind(), withoutInline(), heldToBudget(), compressed()],
  build: {
    target: 'es2023',
    // Nothing is written into a page or a style sheet as data: the server's Content-Security-Policy has no place for it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      onLog(level, log, handler) {
        // That a module is for a client and not for a server of React's says nothing here: there is no such server.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handler(level, log)
      },
    },
  },
  server: {
    // `npm run dev -w @speka/console` beside a gateway of one's own.
    proxy: { '/api': process.env['SPEKA_CONSOLE_API'] ?? 'http://127.0.0.1:7736' },
  },
})
