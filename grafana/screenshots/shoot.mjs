// Draws the dashboards over a running Prometheus: a picture of each dashboard and of each panel. Also the page of a topology.
//
// node shoot.mjs PROMETHEUS TOPOLOGY DIRECTORY HOST,HOST… [MINUTES]
//
// A panel of one host is drawn of the first of these hosts that has data for it. Status 1 if a panel is empty, or Grafana's code said that something is wrong.
import { build } from 'esbuild';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import puppeteer from 'puppeteer-core';
import { labelled, Prometheus, substituted } from './prometheus.mjs';

const [url, topology, directory, hosts, minutes = '20'] = process.argv.slice(2);
if (!hosts) {
  console.error('node shoot.mjs PROMETHEUS TOPOLOGY DIRECTORY HOST,HOST… [MINUTES]');
  process.exit(2);
}
const here = import.meta.dirname;
const DASHBOARDS = path.join(here, '../src/main/resources/io/halfsecond/grafana/dashboards');
const to = Math.floor(Date.now() / 1000);
const RANGE = { from: to - 60 * Number(minutes), to, step: 5 };
const prometheus = new Prometheus(url);

const VALUES = { cohort: '.*', __rate_interval: '1m', __range: `${minutes}m` };

function hostsOf(dashboard) {
  const one = dashboard.templating.list.some(({ name, multi }) => name === 'host' && !multi);
  return one ? hosts.split(',') : ['.+'];
}

async function answersOf(panel, hosts) {
  let answers;
  for (const host of hosts) {
    answers = await Promise.all(panel.targets.map((target) => answer(target, { ...VALUES, host })));
    if (answers.some((series) => series.length > 0)) {
      break;
    }
  }
  return answers;
}

async function answer(target, values) {
  const query = substituted(target.expr, values);
  const found = target.instant ? await prometheus.at(query, to) : await prometheus.range(query, RANGE);
  return found.map(({ metric: { __name__, ...labels }, value, values }) => ({
    labels,
    name: named(target.legendFormat, labels),
    values: value ? [value] : gridded(values),
  }));
}

function named(format, labels) {
  if (format) {
    return labelled(format, labels);
  }
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return format === '' && pairs.length === 0 ? '' : `{${pairs.join(', ')}}`;
}

/** With nulls where there is nothing, as Grafana's data source does it. */
function gridded(values) {
  const known = new Map(values);
  const all = [];
  for (let time = RANGE.from; time <= RANGE.to; time += RANGE.step) {
    all.push([time, known.get(time) ?? null]);
  }
  return all;
}

async function marks(dashboard, values) {
  const found = [];
  for (const { expr, iconColor, name } of dashboard.annotations.list.filter(({ expr }) => expr)) {
    const times = new Set();
    for (const series of await prometheus.range(substituted(expr, values), RANGE)) {
      series.values.forEach(([, value]) => times.add(Number(value)));
    }
    times.forEach((at) => found.push({ at, color: iconColor, name }));
  }
  return found;
}

async function bundle() {
  const result = await build({
    entryPoints: [path.join(here, 'panels.jsx')],
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    loader: { '.svg': 'text', '.css': 'text' },
    define: { 'process.env.NODE_ENV': '"production"', global: 'window' },
    logLevel: 'error',
    mainFields: ['browser', 'module', 'main'],
  });
  return result.outputFiles[0].text;
}

const STYLES = ['uplot/dist/uPlot.min.css', '@grafana/react-data-grid/lib/styles.css'];
const STYLE = [
  ...STYLES.map((file) => path.join(here, 'node_modules', file)).map((file) => fs.readFileSync(file, 'utf8')),
  '.panel { padding: 4px; } body { background: #111217; }',
].join('\n');

const HTML = `<!doctype html><style>${STYLE}</style><div id="root"></div><script src="/panels.js"></script>`;

const script = await bundle();
const server = http
  .createServer((request, response) => {
    const asked = request.url === '/panels.js';
    response.setHeader('Content-Type', asked ? 'text/javascript' : 'text/html; charset=utf-8');
    response.end(asked ? script : HTML);
  })
  .listen(0, '127.0.0.1');
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'],
});
const complaints = [];

async function watched(name) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => complaints.push(`${name}: ${error.stack}`));
  page.on('console', (message) => message.type() === 'error' && complaints.push(`${name}: ${message.text()}`));
  return page;
}

try {
  fs.mkdirSync(directory, { recursive: true });
  for (const file of fs.readdirSync(DASHBOARDS).sort()) {
    const dashboard = JSON.parse(fs.readFileSync(path.join(DASHBOARDS, file), 'utf8'));
    const name = path.basename(file, '.json');
    const answers = {};
    for (const panel of dashboard.panels.filter(({ type }) => type !== 'row')) {
      answers[panel.id] = await answersOf(panel, hostsOf(dashboard));
      if (answers[panel.id].every((series) => series.length === 0)) {
        complaints.push(`${name}: ${panel.title} is empty`);
      }
    }
    const page = await watched(name);
    await page.setViewport({ width: 1450, height: 3200, deviceScaleFactor: 1 });
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction('window.ready', { timeout: 10_000 });
    const annotations = await marks(dashboard, { ...VALUES, host: hostsOf(dashboard)[0] });
    await page.evaluate((model) => window.draw(model), {
      dashboard,
      answers,
      annotations: annotations.map(({ at, ...rest }) => ({ at, ...rest })),
      from: RANGE.from,
      to: RANGE.to,
    });
    await page.waitForSelector('#dashboard').catch(() => {
      throw new Error(`${name} is not drawn\n${complaints.join('\n')}`);
    });
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await (await page.$('#dashboard')).screenshot({ path: path.join(directory, `${name}.png`) });
    for (const panel of dashboard.panels.filter(({ type }) => type !== 'row')) {
      const title = panel.title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
      await (await page.$(`#panel-${panel.id}`)).screenshot({
        path: path.join(directory, `${name}-${String(panel.id).padStart(2, '0')}-${title}.png`),
      });
    }
    console.log(`${name}: ${Object.keys(answers).length} panels, ${annotations.length} marks`);
    await page.close();
  }
  for (const [name, query] of [['page', ''], ['page-host', `?host=${hosts.split(',')[0]}`]]) {
    const page = await watched(name);
    await page.setViewport({ width: 1200, height: 900, deviceScaleFactor: 1 });
    const response = await page.goto(`${topology}/${query}`);
    if (!response.ok()) {
      complaints.push(`${name}: ${response.status()}`);
    }
    await page.screenshot({ path: path.join(directory, `${name}.png`), fullPage: true });
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}
complaints.forEach((complaint) => console.error(complaint));
process.exitCode = complaints.length === 0 ? 0 : 1;
