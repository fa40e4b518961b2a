// A chart of ECharts: the parts the console uses, drawn as SVG, told to screen readers in words, and
// patterned so that colour is never alone. Load this file lazily: it is heavy.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import type { EChartsCoreOption, EChartsType } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { useEffect, useRef } from "react";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);

export interface Clicked {
  series: string;
  index: number;
}

export default function Chart({ option, label, height = 280, onClick }: {
  option: EChartsCoreOption;
  /** What the chart shows, in a sentence. */
  label: string;
  height?: number;
  onClick?: (at: Clicked) => void;
}) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const click = useRef(onClick);
  useEffect(() => {
    click.current = onClick;
  });
  useEffect(() => {
    const drawn = init(place.current!, undefined, { renderer: "svg" });
    chart.current = drawn;
    drawn.on("click", (e) => click.current?.({ series: e.seriesId ?? "", index: e.dataIndex }));
    const sized = new ResizeObserver(() => drawn.resize());
    sized.observe(place.current!);
    return () => {
      sized.disconnect();
      drawn.dispose();
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption({ animation: false, aria: { enabled: true, label: { description: label }, decal: { show: true } }, ...option }, true);
  }, [option, label]);
  return <div ref={place} role="img" aria-label={label} style={{ width: "100%", height }} />;
}
