import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { fakeDesk } from './fake/server.ts'

/** Pages talk to the running desk at DESK_URL; without it a fake one answers. */
const desk = process.env['DESK_URL']
const port = Number(process.env['PORT'] ?? 8012)

export default defineConfig({
  plugins: [vue(), ...(desk === undefined ? [fakeDesk()] : [])],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../hotline/static',
    emptyOutDir: true,
    chunkSizeWarningLimit: 900,
  },
  server: { host: '127.0.0.1', ...(desk === undefined ? { port } : { proxy: { '/api': { target: desk, ws: true } } }) },
  preview: { host: '127.0.0.1', port, strictPort: true },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] },
})
