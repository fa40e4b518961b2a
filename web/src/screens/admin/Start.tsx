// Where the administration begins: an administrator with the directory, who publishes rules alone with these.
import { has, useAccount } from "../../app/session";
import { GoOn } from "../../parts/GoOn";

export default function Start() {
  return <GoOn from="/admin" to={has(useAccount(), "admin", "operator") ? "/admin/organisations" : "/admin/rules"} />;
}
