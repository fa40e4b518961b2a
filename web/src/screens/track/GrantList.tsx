// The entries of the public record of grants, for a phone as for a desk, and why there may be none.
import { useTranslation } from "react-i18next";
import type { PublicGrant } from "../../api/gen/types.gen";
import { Mark } from "../../parts/Mark";
import { Nothing } from "../../parts/States";

/** Which grants are wanted; the address says so. */
export interface Wanted {
  item?: string;
  number?: string;
}

export function GrantList({ grants, more, wanted }: { grants: PublicGrant[]; more: boolean; wanted: Wanted }) {
  const { t } = useTranslation("track");
  if (grants.length === 0) return <Nothing text={more ? t("grants.furtherBack") : wanted.item || wanted.number ? t("grants.none") : t("grants.noneYet")} />;
  return (
    <ul className="track-list" aria-label={t("grants.title")}>
      {grants.map((g, line) => (
        <li key={line}>
          <h2>{g.matter} {g.annulled && <Mark tone="bad">{t("grants.annulled", { on: g.annulled })}</Mark>}</h2>
          <dl className="track-facts">
            <dt>{t("grants.document")}</dt><dd>{g.name}</dd>
            {g.number && <><dt>{t("grants.number")}</dt><dd className="number">{g.number}</dd></>}
            {g.holder && <><dt>{t("grants.holder")}</dt><dd>{g.holder}</dd></>}
            <dt>{t("grants.org")}</dt><dd>{g.orgName ?? g.org}</dd>
            <dt>{t("grants.on")}</dt><dd className="number">{g.on}</dd>
            {!g.annulled && <><dt>{t("grants.until")}</dt><dd className="number">{g.until ?? t("grants.noEnd")}</dd></>}
          </dl>
        </li>
      ))}
    </ul>
  );
}
