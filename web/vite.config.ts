/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The server `npm run dev` passes calls on to; `lianban dev` prints its address.
const server = process.env.LIANBAN_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: {
    alias: {
      // A helper for tests in @rjsf/core names it; it compiles schemas into scripts and is not installed.
      "@rjsf/validator-ajv8": fileURLToPath(new URL("src/parts/forms/validator.ts", import.meta.url)),
    },
  },
  build: {
    target: "es2022",
    // Data addresses would need an exception in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  worker: { format: "es" },
  server: { proxy: { "/v1": server, "/problems": server, "/healthz": server } },
  // Patience for a slow machine: no test is about how fast it is.
  test: { environment: "jsdom", testTimeout: 60_000, include: ["src/**/*.test.{ts,tsx}"] },
});
