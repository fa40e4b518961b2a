// English, for those who ask for it: loaded then.
const files = import.meta.glob<Record<string, unknown>>("./en/*.json", { eager: true, import: "default" });

const areas: [area: string, words: Record<string, unknown>][] = Object.entries(files).map(([path, words]) => [/(\w+)\.json$/.exec(path)![1]!, words]);

export default areas;
