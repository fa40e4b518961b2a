/** The version a wording says it is. */
export function versionIn(source: string): string | undefined {
  const m = /^version:[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s#]+))/m.exec(source);
  return m?.[1] ?? m?.[2] ?? m?.[3];
}
