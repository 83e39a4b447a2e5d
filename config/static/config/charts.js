// Draws each `figure[data-chart]` from its JSON; the table behind stays the reference.

let library = null;

function loadLibrary(source) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = () => resolve(window.echarts);
    script.onerror = () => { library = null; reject(new Error("echarts")); };
    document.head.append(script);
  });
  return library;
}

// A canvas needs resolved colours: the browser computes them on an element of the page.
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

function palette() {
  return ["--j-accent", "--j-warning", "--j-success", "--j-danger", "--j-info", "--j-neutral"].map(colour);
}

const spoken = (payload) => `${payload.title}. Les chiffres sont dans le tableau qui suit.`;

function shared(payload, look) {
  const several = payload.series.length > 1;
  return {
    color: palette(),
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: look.text, fontSize: 13 },
    // Patterns keep series apart without colour; one series needs none.
    aria: { enabled: true, decal: { show: several }, label: { description: spoken(payload) } },
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 300,
    grid: { left: 20, right: payload.kind === "bar" ? 44 : 24, top: several ? 44 : 12, bottom: 8, containLabel: true },
    legend: several ? { top: 4, left: 0, textStyle: { color: look.text }, itemWidth: 22, itemHeight: 14 } : undefined,
    // The HTML tooltip writes style attributes, which the content policy forbids.
    tooltip: { renderMode: "richText", confine: true, backgroundColor: look.surface, borderColor: look.line, textStyle: { color: look.text }, valueFormatter: (value) => (value == null ? "–" : `${value.toLocaleString("fr-FR")} ${payload.unit}`.trim()) },
  };
}

function axes(payload, look, horizontal) {
  const category = {
    type: "category", data: payload.categories, inverse: horizontal,
    axisLine: { lineStyle: { color: look.line } }, axisTick: { show: false },
    axisLabel: { color: look.text, width: horizontal ? 150 : 90, lineHeight: 14, overflow: "break", hideOverlap: !horizontal },
  };
  const value = { type: "value", minInterval: 1, axisLabel: { color: look.soft, hideOverlap: true }, splitLine: { lineStyle: { color: look.line } } };
  return horizontal ? { xAxis: value, yAxis: category } : { xAxis: category, yAxis: value };
}

function cartesian(payload, look) {
  const horizontal = payload.kind === "bar";
  const type = payload.kind === "line" ? "line" : "bar";
  const single = payload.series.length === 1;
  return {
    ...axes(payload, look, horizontal),
    tooltip: { ...shared(payload, look).tooltip, trigger: "axis", axisPointer: { type: type === "line" ? "line" : "shadow" } },
    series: payload.series.map((series, index) => ({
      type, name: series.name, data: series.values, barMaxWidth: 30, symbolSize: 8,
      symbol: ["circle", "rect", "triangle", "diamond"][index % 4],
      lineStyle: { width: 2.5, type: ["solid", "dashed", "dotted"][index % 3] },
      stack: payload.kind === "stacked" ? "total" : undefined,
      itemStyle: type === "bar" && payload.kind !== "stacked" ? { borderRadius: horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0] } : undefined,
      label: { show: single && type === "bar", position: horizontal ? "right" : "top", color: look.text },
    })),
  };
}

function funnel(payload, look) {
  const values = payload.series[0].values;
  const first = values[0] || 1;
  const share = (value) => `${Math.round((100 * value) / first)} %`;
  // Bars from a common base: lengths compare, which the slanted shape of a funnel forbids.
  const base = cartesian({ ...payload, kind: "bar", series: [payload.series[0]] }, look);
  base.series[0].label.formatter = ({ value }) => `${value.toLocaleString("fr-FR")}  (${share(value)})`;
  base.series[0].barCategoryGap = "30%";
  base.xAxis = { ...base.xAxis, show: false, max: Math.ceil(first * 1.4) };
  base.yAxis.axisLine = { show: false };
  return base;
}

function calendar(payload, look) {
  const days = payload.categories;
  const values = payload.series[0].values;
  return {
    tooltip: { ...shared(payload, look).tooltip, formatter: ({ value }) => `${value[0].split("-").reverse().join("/")} : ${value[1]} ${payload.unit}` },
    visualMap: { min: 0, max: Math.max(1, ...values), orient: "horizontal", left: 0, bottom: 0, textStyle: { color: look.text }, text: ["plus", "moins"], inRange: { color: [look.hover, look.heat] } },
    calendar: {
      range: [days[0], days[days.length - 1]], top: 30, left: 40, right: 12, bottom: 60, cellSize: ["auto", "auto"],
      dayLabel: { firstDay: 1, nameMap: ["D", "L", "M", "M", "J", "V", "S"], color: look.soft },
      monthLabel: { nameMap: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."], color: look.soft },
      yearLabel: { show: false }, splitLine: { lineStyle: { color: look.soft } }, itemStyle: { color: look.surface, borderColor: look.line },
    },
    series: [{ type: "heatmap", coordinateSystem: "calendar", data: days.map((day, index) => [day, values[index]]), label: { show: true, color: look.text, formatter: ({ value }) => value[1] || "" } }],
  };
}

// A value with the bounds between which it may truly lie: a point on a line with two ends.
function interval(payload, look) {
  const [value, low, high] = payload.series;
  const { xAxis, yAxis } = axes(payload, look, true);
  const accent = palette()[0];
  const whiskers = (params, api) => {
    const [from, to] = [1, 2].map((bound) => api.coord([api.value(bound), api.value(0)]));
    const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: accent, lineWidth: 2 } });
    return { type: "group", children: [line(from[0], from[1], to[0], to[1]), line(from[0], from[1] - 5, from[0], from[1] + 5), line(to[0], to[1] - 5, to[0], to[1] + 5)] };
  };
  const shown = (number) => `${number.toLocaleString("fr-FR")} ${payload.unit}`.trim();
  return {
    legend: undefined, grid: { ...shared(payload, look).grid, top: payload.reference == null ? 12 : 32 },
    xAxis: { ...xAxis, min: 0, axisLabel: { ...xAxis.axisLabel, formatter: shown } }, yAxis,
    tooltip: { ...shared(payload, look).tooltip, trigger: "item", formatter: ({ dataIndex: at }) => `${payload.categories[at]} : ${shown(value.values[at])}\nentre ${shown(low.values[at])} et ${shown(high.values[at])}` },
    series: [
      { type: "custom", renderItem: whiskers, encode: { x: [1, 2], y: 0 }, data: value.values.map((_, at) => [at, low.values[at], high.values[at]]), silent: true },
      {
        type: "scatter", symbolSize: 11, itemStyle: { color: accent }, encode: { x: 0, y: 1 }, data: value.values.map((number, at) => [number, at]),
        label: { show: true, position: "top", distance: 4, color: look.text, formatter: ({ value: [number] }) => shown(number) },
        markLine: payload.reference == null ? undefined : { symbol: "none", silent: true, data: [{ xAxis: payload.reference }], lineStyle: { color: look.soft, type: "dashed" }, label: { position: "start", color: look.soft, formatter: `ensemble : ${shown(payload.reference)}` } },
      },
    ],
  };
}

function options(payload) {
  const look = { text: colour("--j-text"), soft: colour("--j-soft"), line: colour("--j-line"), surface: colour("--j-surface"), hover: colour("--j-hover"), heat: colour("--j-heat") };
  const builders = { funnel, calendar, interval };
  return { ...shared(payload, look), ...(builders[payload.kind] ?? cartesian)(payload, look), ...payload.options };
}

async function draw(figure) {
  const canvas = figure.querySelector("[data-chart-canvas]");
  const payload = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
  let echarts;
  try { echarts = await loadLibrary(figure.dataset.echarts); } catch { figure.querySelector("details").open = true; return; }
  canvas.hidden = false;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", spoken(payload));
  if (["bar", "funnel", "interval"].includes(payload.kind) && payload.categories.length > 8) canvas.classList.add("chart-canvas-tall");
  echarts.getInstanceByDom(canvas)?.dispose();
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  chart.setOption(options(payload));
  if (!canvas.dataset.watched) {
    canvas.dataset.watched = "1";
    new ResizeObserver(() => echarts.getInstanceByDom(canvas)?.resize()).observe(canvas);
  }
}

const drawAll = () => document.querySelectorAll("figure[data-chart]").forEach(draw);
const drawNew = () => document.querySelectorAll("figure[data-chart]:has([data-chart-canvas][hidden])").forEach(draw);

drawAll();
document.addEventListener("htmx:after:swap", drawNew);
document.addEventListener("jalons:theme", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
