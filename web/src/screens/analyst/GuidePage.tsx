// The guide of an item as the public reads it: without an account, on whatever screen.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { answer } from "../../api/client";
import { getGuide } from "../../api/gen/sdk.gen";
import { Broken } from "../../parts/States";
import { clean } from "../../parts/search";
import { Shell } from "../track/Shell";
import { GuideView } from "./GuideView";
import "./analyst.css";
import { guideRoute } from "./routes";

export default function GuidePage() {
  const { t } = useTranslation("analyst");
  const { item } = guideRoute.useParams();
  const { version } = guideRoute.useSearch();
  const guide = useQuery({ queryKey: ["items", item, "guide", version], queryFn: () => answer(getGuide({ path: { item }, query: clean({ version }) })) });
  return (
    <Shell title={t("guidePage.title")} wide>
      {guide.error ? <Broken error={guide.error} again={() => void guide.refetch()} /> : (
        <section className="track-card">
          <GuideView guide={guide.data} errors={undefined} />
          <p style={{ marginBottom: 0 }}><Link to="/track">{t("guidePage.track")}</Link></p>
        </section>
      )}
    </Shell>
  );
}
