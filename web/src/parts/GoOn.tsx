// Leads on from an address that has no screen of its own: once, and only who is still there. The router's own Navigate goes
// again whenever it is drawn again; and before this is drawn, and before its effect, somebody may have clicked on already.
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { Loading } from "./States";

export function GoOn({ from, to }: { from: string; to: string }) {
  const go = useNavigate(), { history } = useRouter();
  useEffect(() => {
    if (history.location.pathname === from) void go({ to, replace: true });
  }, [go, history, from, to]);
  return <Loading />;
}
