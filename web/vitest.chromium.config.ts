import { defineConfig } from "vitest/config";

// Browser tests: one program, one Chromium, people in windows of their own. In order, for they share a hall.
export default defineConfig({
  test: {
    environment: "node",
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/rig/program.ts"],
    fileParallelism: false,
    sequence: { concurrent: false },
    testTimeout: 600_000,
    hookTimeout: 120_000,
    bail: 1,
  },
});
