// Leads on from an address that has no screen of its own. Once: the router's own Navigate goes again whenever it is drawn
// again, and would take somebody back who has clicked on meanwhile.
import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { Loading } from "./States";

export function GoOn({ to }: { to: string }) {
  const go = useNavigate();
  useEffect(() => void go({ to, replace: true }), [go, to]);
  return <Loading />;
}
