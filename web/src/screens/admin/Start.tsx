// Where the administration begins: an administrator with the directory, who publishes rules alone with these.
import { Navigate } from "@tanstack/react-router";
import { has, useAccount } from "../../app/session";

export default function Start() {
  const account = useAccount();
  return <Navigate to={(has(account, "admin", "operator") ? "/admin/organisations" : "/admin/rules") as string} replace />;
}
