import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { Refused } from "../../api/client";
import { speak } from "../../texts";
import { PasswordForm } from "./SignIn";

afterEach(cleanup);
// A select asks how wide the window is, and whether its list has to move; jsdom knows neither.
beforeAll(async () => {
  window.matchMedia = (media: string) => ({ media, matches: false, addListener() {}, removeListener() {}, addEventListener() {}, removeEventListener() {} }) as unknown as MediaQueryList;
  globalThis.ResizeObserver ??= class { observe() {} unobserve() {} disconnect() {} };
  await speak("zh-CN");
});

test("whoever has posts in several organisations chooses one by its name", async () => {
  const orgs = [{ org: "market-210304", orgName: "立山区市场监督管理局", roles: ["lead"] }, { org: "hall-210304", orgName: "立山区政务服务中心", roles: ["clerk"] }];
  const error = new Refused({ type: "/problems/bad-request", title: "x", status: 400, code: "bad-request", zh: "请选择", en: "choose", where: "/org", orgs }, 400);
  render(<PasswordForm busy={false} onEnter={() => undefined} error={error} />);
  fireEvent.mouseDown(screen.getByRole("combobox"));
  const offered = [...document.querySelectorAll(".ant-select-item-option-content")].map((o) => o.textContent);
  expect(offered).toEqual(["立山区市场监督管理局 market-210304", "立山区政务服务中心 hall-210304"]);
});
