// Files go to the server at once, by content; a form holds their hash alone.
import { answer } from "../api/client";
import { uploadFile } from "../api/gen/sdk.gen";
import type { File as Stored } from "../api/gen/types.gen";

/** Uploads a file and gives what the server keeps of it. Throws Refused: too large, of another type than it says. */
export function upload(file: globalThis.File): Promise<Stored> {
  return answer(uploadFile({ body: { file } }));
}

/** A size in the units people use. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
