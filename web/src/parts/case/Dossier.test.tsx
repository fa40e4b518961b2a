import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import "../../texts";
import { Dossier } from "./Dossier";
import { dossierQuery } from "./queries";

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
