// Draws one panel of a dashboard with the components that Grafana draws it with.
import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  createTheme,
  FieldConfigOptionsRegistry,
  FieldType,
  getDisplayProcessor,
  getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
  identityOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  ThemeContext,
  toDataFrame,
  toUtc,
  transformDataFrame,
} from '@grafana/data';
import {
  BarGauge,
  BigValue,
  GlobalStyles,
  GraphNG,
  PanelChrome,
  TimeSeries,
  UPlotConfigBuilder,
  VizRepeater,
} from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { lastValueFrom } from 'rxjs';

const theme = createTheme({ colors: { mode: 'dark' } });
const replaceVariables = (text) => text;

standardTransformersRegistry.setInit(() =>
  [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer].map((each) => ({
    id: each.id,
    name: each.name,
    transformation: () => Promise.resolve(each),
    editor: () => null,
  })),
);

const STANDARD = ['unit', 'min', 'max', 'decimals', 'displayName', 'color', 'thresholds', 'mappings', 'links', 'noValue'];
const CUSTOM = [
  'drawStyle', 'lineInterpolation', 'lineWidth', 'fillOpacity', 'fillBelowTo', 'lineStyle', 'pointSize', 'showPoints',
  'spanNulls', 'axisPlacement', 'axisLabel', 'stacking', 'scaleDistribution', 'thresholdsStyle', 'align', 'cellOptions',
  'inspect', 'filterable', 'width', 'minWidth',
];

function registry() {
  const item = (id, path, isCustom) => ({
    id,
    path,
    name: id,
    isCustom,
    process: identityOverrideProcessor,
    shouldApply: () => true,
    getItemsCount: () => 0,
  });
  return new FieldConfigOptionsRegistry(() => [
    ...STANDARD.map((name) => item(name, name, false)),
    ...CUSTOM.map((name) => item(`custom.${name}`, name, true)),
  ]);
}

/** What Grafana's Prometheus data source makes of the answers. */
function frames(panel, answers) {
  return panel.targets.flatMap((target, index) => {
    const series = answers[index];
    if (target.format === 'table') {
      return series.length === 0 ? [] : [table(target, series, panel.targets.length > 1)];
    }
    return series.map(({ name, labels, values }) =>
      toDataFrame({
        refId: target.refId,
        name,
        fields: [
          { name: 'Time', type: FieldType.time, values: values.map(([time]) => time * 1000) },
          {
            name: 'Value',
            type: FieldType.number,
            labels,
            config: { displayNameFromDS: name },
            values: values.map(([, value]) => (value === null ? null : Number(value))),
          },
        ],
      }),
    );
  });
}

function table(target, series, several) {
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].sort();
  return toDataFrame({
    refId: target.refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: series.map(({ values }) => values[0][0] * 1000) },
      ...names.map((name) => ({
        name,
        type: FieldType.string,
        values: series.map(({ labels }) => labels[name] ?? ''),
      })),
      {
        name: several ? `Value #${target.refId}` : 'Value',
        type: FieldType.number,
        values: series.map(({ values }) => Number(values[0][1])),
      },
    ],
  });
}

async function data(panel, answers, fieldConfigRegistry) {
  const transformed = await lastValueFrom(
    transformDataFrame(panel.transformations ?? [], frames(panel, answers), {
      interpolate: (text) => text,
    }),
  );
  const configured = applyFieldOverrides({
    data: transformed,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry,
    replaceVariables,
    theme,
    timeZone: 'utc',
  });
  cacheFieldDisplayNames(configured);
  const sort = panel.options?.sortBy?.[0];
  if (sort && configured[0]) {
    sortRows(configured[0], sort);
  }
  return configured;
}

function sortRows(frame, { displayName, desc }) {
  const by = frame.fields.find((field) => (field.config.displayName ?? field.name) === displayName);
  if (!by) {
    throw new Error(`no column ${displayName}`);
  }
  const order = [...by.values.keys()].sort(
    (a, b) => (desc ? -1 : 1) * (by.values[a] < by.values[b] ? -1 : by.values[a] > by.values[b] ? 1 : 0),
  );
  for (const field of frame.fields) {
    field.values = order.map((row) => field.values[row]);
  }
}

/** Grafana's own annotations are in no published package: a dashed line and a triangle, as there. */
function marks(builder, annotations) {
  builder.addHook('draw', (u) => {
    const { ctx, bbox } = u;
    ctx.save();
    for (const { at, color } of annotations) {
      const x = Math.round(u.valToPos(at, 'x', true));
      if (x < bbox.left || x > bbox.left + bbox.width) {
        continue;
      }
      ctx.strokeStyle = ctx.fillStyle = theme.visualization.getColorByName(color);
      ctx.lineWidth = 2 * devicePixelRatio;
      ctx.setLineDash([5 * devicePixelRatio, 5 * devicePixelRatio]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const size = 5 * devicePixelRatio;
      ctx.beginPath();
      ctx.moveTo(x - size, bbox.top + bbox.height + 1.6 * size);
      ctx.lineTo(x + size, bbox.top + bbox.height + 1.6 * size);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.fill();
    }
    ctx.restore();
  });
}

function Graph({ panel, frames, width, height, timeRange, annotations }) {
  return (
    <TimeSeries
      frames={frames}
      width={width}
      height={height}
      timeRange={timeRange}
      timeZone="utc"
      legend={panel.options.legend}
      options={panel.options}
    >
      {(builder) => {
        if (!builder.marked) {
          builder.marked = true;
          marks(builder, annotations);
        }
        return null;
      }}
    </TimeSeries>
  );
}

/** Grafana's state timeline is in no published package either: its boxes, on its plot. */
function States({ frames, width, height, timeRange }) {
  const prepConfig = (frame) => {
    const builder = new UPlotConfigBuilder('utc');
    const rows = frame.fields.slice(1);
    builder.setPrepData(([aligned]) => aligned.fields.map((field) => field.values));
    builder.addScale({ scaleKey: 'x', isTime: true, orientation: 0, direction: 1, range: () => [timeRange.from.valueOf(), timeRange.to.valueOf()] });
    builder.addScale({ scaleKey: 'y', isTime: false, orientation: 1, direction: -1, range: () => [-0.5, rows.length - 0.5] });
    builder.addAxis({ scaleKey: 'x', isTime: true, placement: 'bottom', timeZone: 'utc', theme });
    builder.addAxis({
      scaleKey: 'y',
      placement: 'left',
      theme,
      size: () => 130,
      grid: { show: false },
      splits: () => rows.map((_, row) => row),
      values: (_, splits) => splits.map((row) => rows[row].config.displayNameFromDS),
    });
    rows.forEach((row) =>
      builder.addSeries({ scaleKey: 'y', theme, show: true, fieldName: row.name, pathBuilder: () => null, pointsBuilder: () => false }),
    );
    builder.addHook('draw', (u) => {
      const times = frame.fields[0].values;
      const { ctx } = u;
      ctx.save();
      ctx.font = `${12 * devicePixelRatio}px Inter, sans-serif`;
      ctx.textBaseline = 'middle';
      ctx.textAlign = 'left';
      rows.forEach((row, index) => {
        const display = row.display ?? getDisplayProcessor({ field: row, theme });
        for (let from = 0, to; from < times.length; from = to) {
          for (to = from + 1; to < times.length && row.values[to] === row.values[from]; to++);
          if (row.values[from] == null) {
            continue;
          }
          const shown = display(row.values[from]);
          const left = Math.max(u.bbox.left, u.valToPos(times[from], 'x', true));
          const right = u.valToPos(times[Math.min(to, times.length - 1)], 'x', true);
          const top = u.valToPos(index - 0.4, 'y', true);
          const bottom = u.valToPos(index + 0.4, 'y', true);
          ctx.fillStyle = shown.color;
          ctx.globalAlpha = 0.7;
          ctx.fillRect(left, Math.min(top, bottom), right - left, Math.abs(bottom - top));
          ctx.globalAlpha = 1;
          ctx.fillStyle = theme.colors.text.primary;
          ctx.fillText(shown.text, left + 6 * devicePixelRatio, (top + bottom) / 2);
        }
      });
      ctx.restore();
    });
    return builder;
  };
  return (
    <GraphNG
      frames={frames}
      width={width}
      height={height}
      timeRange={timeRange}
      timeZone="utc"
      theme={theme}
      legend={{ showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] }}
      prepConfig={prepConfig}
      propsToDiff={[]}
      renderLegend={() => null}
    />
  );
}

function repeated(panel, frames, width, height, renderValue, orientation) {
  return (
    <VizRepeater
      source={frames}
      getValues={() =>
        getFieldDisplayValues({
          fieldConfig: panel.fieldConfig,
          reduceOptions: panel.options.reduceOptions,
          replaceVariables,
          theme,
          data: frames,
          timeZone: 'utc',
        })
      }
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      width={width}
      height={height}
      orientation={orientation}
      autoGrid={panel.type === 'stat'}
      minVizHeight={panel.options.minVizHeight}
      maxVizHeight={panel.options.maxVizHeight}
      renderCounter={0}
      renderValue={renderValue}
    />
  );
}

function Content({ panel, frames, width, height, timeRange, annotations }) {
  const empty = frames.every((frame) => frame.length === 0);
  if (empty && panel.type !== 'stat') {
    return (
      <div className="empty" style={{ padding: 16, color: theme.colors.text.secondary }}>
        {panel.fieldConfig.defaults.noValue ?? 'No data'}
      </div>
    );
  }
  switch (panel.type) {
    case 'stat':
      return repeated(
        panel,
        frames,
        width,
        height,
        ({ value, width, height, count }) => (
          <BigValue
            value={value.display}
            width={width}
            height={height}
            count={count}
            theme={theme}
            colorMode={panel.options.colorMode}
            graphMode={panel.options.graphMode}
            justifyMode={panel.options.justifyMode}
            textMode={panel.options.textMode}
          />
        ),
        'auto',
      );
    case 'bargauge':
      return repeated(
        panel,
        frames,
        width,
        height,
        ({ value, width, height, orientation, alignmentFactors }) => (
          <BarGauge
            value={value.display}
            field={value.field}
            display={value.view?.getFieldDisplayProcessor(value.colIndex)}
            width={width}
            height={height}
            orientation={orientation}
            displayMode={panel.options.displayMode}
            valueDisplayMode={panel.options.valueMode}
            showUnfilled={panel.options.showUnfilled}
            namePlacement={panel.options.namePlacement}
            alignmentFactors={alignmentFactors}
            itemSpacing={8}
            text={panel.options.text}
            lcdCellWidth={8}
            theme={theme}
          />
        ),
        panel.options.orientation,
      );
    case 'timeseries':
      return <Graph {...{ panel, frames, width, height, timeRange, annotations }} />;
    case 'state-timeline':
      return <States {...{ frames, width, height, timeRange }} />;
    case 'table':
      return <TableNG data={frames[0]} width={width} height={height} showTypeIcons={false} />;
    default:
      throw new Error(`cannot draw a ${panel.type}`);
  }
}

function Panel({ panel, frames, timeRange, annotations }) {
  const { w, h } = panel.gridPos;
  return (
    <div
      className="panel"
      id={`panel-${panel.id}`}
      style={{ gridColumn: `${panel.gridPos.x + 1} / span ${w}`, gridRow: `${panel.gridPos.y + 1} / span ${h}` }}
    >
      <PanelChrome title={panel.title} width={w * CELL - 8} height={h * 38 - 8}>
        {(width, height) => <Content {...{ panel, frames, width, height, timeRange, annotations }} />}
      </PanelChrome>
    </div>
  );
}

const CELL = 60;

/** What `shoot.mjs` hands in: a dashboard, and for each panel what Prometheus answered. */
window.draw = async ({ dashboard, answers, annotations, from, to }) => {
  const fieldConfigRegistry = registry();
  const timeRange = {
    from: toUtc(from * 1000),
    to: toUtc(to * 1000),
    raw: { from: 'now-1h', to: 'now' },
  };
  const panels = [];
  for (const panel of dashboard.panels) {
    panels.push(
      panel.type === 'row' ? (
        <h3 key={panel.id} style={{ gridColumn: '1 / span 24', gridRow: panel.gridPos.y + 1, margin: '10px 4px', fontSize: 16 }}>
          {panel.title}
        </h3>
      ) : (
        <Panel
          key={panel.id}
          panel={panel}
          frames={await data(panel, answers[panel.id], fieldConfigRegistry)}
          timeRange={timeRange}
          annotations={annotations}
        />
      ),
    );
  }
  createRoot(document.getElementById('root')).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <div
        id="dashboard"
        style={{ display: 'grid', width: 24 * CELL, gridTemplateColumns: `repeat(24, ${CELL}px)`, gridAutoRows: 38, padding: 4 }}
      >
        {panels}
      </div>
    </ThemeContext.Provider>,
  );
  await document.fonts.ready;
};
window.ready = true;
