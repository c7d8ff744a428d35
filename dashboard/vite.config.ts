import { defineConfig } from 'vite';

/** In development the pages come from Vite and the API from a running server. */
const API_SERVER = 'http://127.0.0.1:8484';

export default defineConfig({
  build: { outDir: 'dist', emptyOutDir: true, assetsInlineLimit: 0 },
  server: { proxy: { '/api': API_SERVER } },
});
