import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { speak } from "../../texts";
import { Opinions } from "./Opinions";
import { caseQuery, dossierQuery } from "./queries";

afterEach(cleanup);
beforeAll(() => speak("zh-CN"));

test("a hearing's record stands with the opinions: what was said, who has signed, and why somebody has not", () => {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } });
  const at = "2026-03-17T01:00:00Z";
  const hearing = {
    on: at, place: "三楼会议室", heldAt: at, record: "双方陈述、质证", file: "ab".repeat(32),
    signatures: [{ of: "applicant", name: "其代理人" }, { of: "interested.1", unsigned: "中途退场" }, { of: "interested.2" }],
  };
  cache.setQueryData(caseQuery("1").queryKey as readonly unknown[], { number: "1", seq: 3, case: { item: "shop", version: "1" }, steps: [{ id: "listen", name: "听证", orgName: "城管局", kind: "hearing", status: "ended", hearing }] });
  cache.setQueryData(dossierQuery("1").queryKey as readonly unknown[], { number: "1", seq: 3, entries: [{ kind: "interested", id: "interested.1", status: "heard", at, interested: { id: "interested.1", who: "王某" } }] });
  const { container, getByRole } = render(<QueryClientProvider client={cache}><Opinions number="1" /></QueryClientProvider>);
  for (const text of ["听证 城管局", "2026-03-17 09:00、三楼会议室", "双方陈述、质证", "申请人：已确认并签字、其代理人", "王某：没有签字：中途退场", "利害关系人2：已确认并签字"]) expect(container.textContent).toContain(text);
  expect(getByRole("button", { name: "签字或者盖章的笔录" })).toBeTruthy();
});
