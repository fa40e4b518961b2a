import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import "../../texts";
import { Dossier } from "./Dossier";
import { caseQuery, dossierQuery, papersQuery, versionQuery } from "./queries";

afterEach(cleanup);
// The table asks how wide the window is; jsdom has none.
beforeAll(() => {
  window.matchMedia = (media: string) => ({ media, matches: false, addListener() {}, removeListener() {}, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
});

test("a vacant post is one of an organisation by its name", () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const vacancy = { org: "org-higher", role: "approve", party: "org-higher", since: "2026-01-05T01:00:00Z" };
  cache.setQueryData(dossierQuery("1").queryKey, {
    number: "1", seq: 3,
    entries: [{ kind: "vacancy", id: "org-higher.approve.1", org: "org-higher", orgName: "上级机关", status: "open", at: vacancy.since, vacancy }],
  });
  const { container } = render(<QueryClientProvider client={cache}><Dossier number="1" /></QueryClientProvider>);
  expect(container.textContent).toContain("上级机关 · ");
  expect(container.textContent).not.toContain("org-higher");
});

test("a procedure that stops the clocks says what it is, a document how it came; talk has a place of its own", () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const at = "2026-01-05T01:00:00Z";
  const pause = { id: "heard/listen", pause: "heard", kind: "hearing", kindZh: "听证", step: "listen", stops: ["statutory" as const], began: at, from: "2026-01-05", until: "2026-02-02", reason: "依申请听证" };
  const delivery = { id: "denial", name: "不予许可决定书", to: "applicant", sentAt: at, status: "delivered" as const, at, way: "post", proof: "EMS1" };
  const remark = { id: "comment.1", by: "p1", org: "fire", text: "已电话联系", at };
  cache.setQueryData(dossierQuery("1").queryKey, { number: "1", seq: 3, entries: [
    { kind: "pause", id: pause.id, status: "ended", at, pause }, { kind: "delivery", id: "denial", status: "delivered", at, delivery }, { kind: "comment", id: "comment.1", status: "said", at, remark },
  ] });
  const { container } = render(<QueryClientProvider client={cache}><Dossier number="1" /></QueryClientProvider>);
  for (const text of ["特殊程序听证 — 依申请听证（停止计时至 2026-02-02）已结束", "送达不予许可决定书 — 2026-01-05 09:00、邮寄送达、EMS1已送达"]) expect(container.textContent).toContain(text);
  expect(container.textContent).not.toMatch(/heard|denial|comment/);
});

test("what a statement relies on can be opened, and who is known by number alone goes by it", () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const at = "2026-01-05T01:00:00Z";
  const interested = {
    id: "interested.2", who: "", step: "view", org: "fire", by: "p1", at, reason: "相邻", day: "2026-01-12", until: at,
    statements: [{ by: "p2", at, text: "有异议", evidence: [{ name: "照片.png", hash: "ab".repeat(32) }] }],
  };
  cache.setQueryData(dossierQuery("1").queryKey, { number: "1", seq: 3, entries: [{ kind: "interested", id: interested.id, org: "fire", orgName: "消防", status: "heard", at, interested }] });
  const { container, getByRole } = render(<QueryClientProvider client={cache}><Dossier number="1" /></QueryClientProvider>);
  expect(getByRole("button", { name: "照片.png" })).toBeTruthy();
  expect(container.textContent).toContain("利害关系人2");
});

test("an order to put something right tells what, until when, and what the holder says of it", () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const at = "2026-03-10T01:00:00Z";
  const order = {
    at, by: "p1", checked: "2026-03-10", late: true, reason: "与承诺不符", day: "2026-03-20", notice: "fix.verify", ended: "2026-03-16T01:00:00Z", why: "reported" as const,
    points: [{ id: "point1", text: "疏散通道被占用", statement: "已清空" }], shown: [{ name: "照片.png", hash: "ab".repeat(32) }],
  };
  const duty = { id: "verify", kind: "declared", name: "现场核查", status: "recheck" as const, orders: [order] };
  cache.setQueryData(dossierQuery("1").queryKey, { number: "1", seq: 3, entries: [{ kind: "duty", id: "verify", org: "fire", orgName: "消防", status: "open", at, duty }] });
  const { container, getByRole } = render(<QueryClientProvider client={cache}><Dossier number="1" /></QueryClientProvider>);
  for (const text of ["2026-03-10 核查，责令整改至 2026-03-20", "与承诺不符", "疏散通道被占用", "已清空", "通知发出超过期限", "申请人报告已整改"]) expect(container.textContent).toContain(text);
  expect(getByRole("button", { name: "照片.png" })).toBeTruthy();
});

/** A case of an item whose form has a list, whose decision gives a permit with fields of its own. */
function known(): QueryClient {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const set = (key: readonly unknown[], data: unknown) => cache.setQueryData(key, data);
  set(caseQuery("1").queryKey, { number: "1", seq: 3, case: { item: "shop", version: "1" }, steps: [{ id: "decide", name: "许可决定" }] });
  set(papersQuery("1").queryKey, { number: "1", seq: 3, papers: [{ id: "lease", name: "场所使用证明" }] });
  set(versionQuery("shop", "1").queryKey, { process: [{ id: "decide", name: "许可决定", kind: "decide", decide: { gives: [{ id: "permit", name: "经营许可证", data: { properties: { scope: { title: "经营范围" } } } }] } }] });
  set(["items", "shop", "guide", "1"], { questions: [{ id: "sign", ask: "是否设置招牌？" }], form: { properties: { partners: { title: "合伙人", items: { properties: { name: { title: "姓名" } } } }, plan: { title: "平面图" } } } });
  return cache;
}

const hash = "0123456789abcdef".repeat(4);

test("what was put right on the spot goes by the titles of the form, and a file by a few marks of its digest", () => {
  const cache = known();
  const at = "2026-01-05T01:00:00Z";
  const mending = {
    id: "mending1", org: "hall", by: "p1", at, reason: "笔误", papers: ["lease"], file: hash,
    texts: [{ field: "form.partners.1.name", from: "王武", to: "王五" }, { field: "form.plan", from: hash, to: "fedc".repeat(16) }, { field: "sign", from: false, to: true }],
  };
  cache.setQueryData(dossierQuery("1").queryKey, { number: "1", seq: 3, entries: [{ kind: "mending", id: mending.id, org: "hall", status: "done", at, mending }] });
  const { container, getByRole } = render(<QueryClientProvider client={cache}><Dossier number="1" /></QueryClientProvider>);
  for (const text of ["合伙人 2 · 姓名：王武 → 王五", "平面图：文件（摘要 01234567…） → 文件（摘要 fedcfedc…）", "是否设置招牌？：否 → 是", "材料：场所使用证明"]) expect(container.textContent).toContain(text);
  expect(getByRole("button", { name: "签署的文书" })).toBeTruthy();
  expect(container.textContent).not.toMatch(/[0-9a-f]{64}|form\.|partners/);
});

test("a correction names the result, what of it reads otherwise, and opens the corrected document", () => {
  const cache = known();
  const at = "2026-01-05T01:00:00Z";
  const about = { step: "decide", org: "market", by: "p1", at };
  const corrections = [
    { ...about, id: "correction1", output: "permit", reason: "打印错误", file: hash, texts: [{ field: "number", from: "食字1号", to: "食字2号" }, { field: "data.scope", from: "热食", to: "热食类" }] },
    { ...about, id: "correction2", reason: "条款引错", texts: [{ field: "basis", from: "第三条", to: "第四条" }] },
  ];
  cache.setQueryData(dossierQuery("1").queryKey, { number: "1", seq: 3, entries: corrections.map((correction) => ({ kind: "correction", id: correction.id, org: "market", status: "done", at, correction })) });
  const { container, getByRole } = render(<QueryClientProvider client={cache}><Dossier number="1" /></QueryClientProvider>);
  for (const text of ["经营许可证", "打印错误", "编号：食字1号 → 食字2号", "经营范围：热食 → 热食类", "许可决定", "法律依据：第三条 → 第四条"]) expect(container.textContent).toContain(text);
  expect(getByRole("button", { name: "更正后的文书" })).toBeTruthy();
  expect(container.textContent).not.toMatch(/[0-9a-f]{64}|data\.|permit/);
});
