import { defineConfig } from "@hey-api/openapi-ts";

// The client is generated from the same document as the server. Its output is committed;
// scripts/console.sh --verify fails when generating again would change it.
export default defineConfig({
  input: "../api/openapi.yaml",
  output: { path: "src/api/gen", postProcess: [] },
  plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
});
