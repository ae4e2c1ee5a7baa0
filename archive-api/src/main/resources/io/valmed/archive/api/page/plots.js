// The plots: each with a legend that tells values, and the same numbers as a table.
import { h, known, rows, shortRows, bytes, seconds, clock, day } from './format.js';

const HOPS = ['slot', 'capture', 'kafka', 'sink', 'proof', 'purge'];
const STATES = ['ok', 'catching up', 'unknown', 'falling behind', 'stalled', 'down'];
const TABLE_ROWS = 12;

const powers = (base, count) => Array.from({ length: count }, (x, i) => base ** i);
/** Between what lines may be drawn, so that they have round numbers. */
const STEPS = new Map([
  [seconds, [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 28800, 86400, 172800, 432800, 864000]],
  [bytes, powers(2, 60)],
]);
const plus = (a, b) => a.map((one, i) => (known(one) && known(b[i]) ? one + b[i] : null));
const some = values => values.some(known);

/** What is drawn: [name, values, colour, dashes]. */
const PLOTS = [
  {
    id: 'lag', title: 'Lag per hop', format: seconds, least: 1,
    series: d => [['capture', d.seconds.capture, 1], ['kafka', d.seconds.kafka, 5, [1, 3]], ['sink', d.seconds.sink, 2, [8, 4]], ['proof', d.seconds.proof, 3, [2, 3]]].filter(s => some(s[1])),
    text: 'Seconds behind what hot has committed. Flat and low is well.',
    empty: 'No hop’s lag is known yet: hot and the archive must have answered once.',
  },
  {
    id: 'rows', title: 'Rows: hot against archived', format: rows, short: shortRows, least: 10,
    series: d => [['hot', d.hotRows, 2], ['archived, still in hot', d.mirrorRows, 1, [8, 4]], ['archived, left hot', d.coldRows, 3, [2, 3]]],
    text: 'Hot stays level while the cold store grows: that is what this is for.',
    empty: 'No table’s rows are known yet: PostgreSQL counts them when it first analyzes a table.',
  },
  {
    id: 'purge', title: 'Purge: backlog and pace', format: rows, short: shortRows, least: 10,
    series: d => [['may leave hot', d.eligibleRows, 2], ['purged a minute', pace(d), 1, [8, 4]]],
    text: 'Rows that are settled and cold, and how many leave hot.',
    empty: 'Nothing was counted as settled and cold yet; a purge worker or a status asks now and then.',
  },
  {
    id: 'wal', title: 'WAL kept for the slot', format: bytes, least: 1 << 20,
    series: d => [['kept', d.retainedBytes, 1], ['limit', plus(d.retainedBytes, d.safeBytes), 4, [8, 4]]].filter(s => some(s[1]) || s[0] === 'kept'),
    text: 'At the limit hot throws the slot away, and a new epoch is needed.',
    unlimited: 'Hot sets no limit (max_slot_wal_keep_size): the slot is never thrown away, but hot’s disk can fill.',
    empty: 'Hot has not been asked yet, or has no slot.',
  },
  {
    id: 'tiers', title: 'Size per tier', format: bytes, least: 1 << 20,
    series: d => [['hot', d.hotBytes, 2], ['mirror', d.mirrorBytes, 1, [8, 4]], ['cold store', d.coldBytes, 3, [2, 3]]],
    text: 'Bytes on disk, with indexes.',
    empty: 'No table’s size is known yet.',
  },
];

function pace(d) {
  return d.purgedRows.map((now, i) => {
    const before = i === 0 ? null : d.purgedRows[i - 1];
    return known(now) && known(before) ? Math.max(0, (now - before) * 60 / (d.at[i] - d.at[i - 1])) : null;
  });
}

/** Where samples are missing a line is broken. */
function withGaps(d) {
  const gaps = [];
  d.at.forEach((at, i) => {
    if (i > 0 && at - d.at[i - 1] > d.step * 3.5) gaps.push(i);
  });
  const broken = values => values.flatMap((value, i) => (gaps.includes(i) ? [null, value] : [value]));
  return { at: d.at.flatMap((at, i) => (gaps.includes(i) ? [at - d.step, at] : [at])), broken };
}

function tick(incr) {
  return value => {
    const at = new Date(value * 1000);
    const midnight = at.getHours() === 0 && at.getMinutes() === 0;
    if (incr >= 86400 || midnight) return day(at);
    return clock(at, incr < 60);
  };
}

const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Plots {
  constructor(parent) {
    this.parent = parent;
    this.plots = new Map();
    this.document = null;
    for (const plot of PLOTS) this.frame(plot.id, plot.title, plot.text);
    this.frame('states', 'State of each hop', 'The worst state in each stretch of time.');
    new ResizeObserver(() => this.resize()).observe(parent);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.draw());
  }

  frame(id, title, text) {
    const area = h('div', { class: 'area', role: 'img', 'aria-label': title });
    const legend = h('ul', { class: 'legend' });
    const note = h('p', { class: 'quiet' }, text);
    const table = h('div', { class: 'scroll numbers', role: 'group', tabindex: '0', 'aria-label': `${title}, numbers` });
    const details = h('details', {}, h('summary', {}, 'Numbers'), table);
    this.parent.append(h('figure', { class: 'card plot', id: `plot-${id}` }, h('figcaption', {}, title), legend, area, note, details));
    this.plots.set(id, { area, legend, note, table, title, text, drawn: null });
  }

  show(history) {
    this.document = history;
    this.draw();
  }

  draw() {
    if (!this.document) return;
    for (const plot of PLOTS) this.drawLines(plot, this.plots.get(plot.id));
    this.drawStates(this.plots.get('states'));
  }

  drawLines(plot, place) {
    const d = this.document;
    const series = plot.series(d);
    const drawable = d.at.length > 1 && series.some(s => some(s[1]));
    if (place.drawn) place.drawn.destroy();
    place.drawn = null;
    place.area.replaceChildren();
    place.legend.replaceChildren();
    place.note.textContent = d.at.length > 1 && !drawable ? plot.empty : plot.unlimited && drawable && series.length === 1 ? plot.unlimited : plot.text;
    this.numbers(place, series.map(s => s[0]), d.at, series.map(s => s[1]), plot.format);
    place.area.classList.toggle('empty', !drawable);
    if (!drawable) {
      place.area.append(h('p', {}, d.at.length > 1 ? plot.empty : 'Two measurements, 10 s apart, make a line. Soon.'));
      return;
    }
    const values = series.map(s => h('b', {}, plot.format(last(s[1]))));
    series.forEach((s, i) => place.legend.append(h('li', { 'data-colour': s[2], class: s[3] ? 'dashed' : '' }, s[0], ' ', values[i])));
    place.area.setAttribute('aria-label', `${plot.title}: ${series.map(s => `${s[0]} ${plot.format(last(s[1]))}`).join(', ')}`);
    const { at, broken } = withGaps(d);
    const tell = u => {
      const i = u.cursor.idx;
      series.forEach((s, n) => {
        const value = known(i) ? u.data[n + 1][i] : last(s[1]);
        values[n].textContent = plot.format(value);
      });
    };
    place.drawn = new uPlot(this.options(plot, series, tell, place.area), [at, ...series.map(s => broken(s[1]))], place.area);
  }

  options(plot, series, tell, area) {
    const d = this.document;
    const axis = { stroke: colour('--muted'), font: '12px system-ui, sans-serif', grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } };
    const short = plot.short || plot.format;
    return {
      width: Math.max(200, area.clientWidth), height: 190,
      legend: { show: false }, cursor: { sync: { key: 'archive' }, points: { size: 7 }, drag: { x: false, y: false } },
      padding: [10, 8, 0, 0],
      scales: {
        x: { time: true, range: () => [Math.max(d.from, known(d.first) ? d.first : d.from), d.to] },
        y: { range: (u, min, max) => [0, Math.max(plot.least, (max || 0) * 1.12)] },
      },
      axes: [
        { ...axis, size: 30, space: 70, values: (u, splits, index, space, incr) => splits.map(tick(incr)) },
        { ...axis, size: 74, space: 34, incrs: STEPS.get(plot.format) || undefined, values: (u, splits) => splits.map(v => short(v)) },
      ],
      series: [{}, ...series.map(s => ({ label: s[0], stroke: colour(`--series-${s[2]}`), width: 2, dash: s[3], points: { show: false }, spanGaps: false }))],
      hooks: { setCursor: [tell] },
    };
  }

  drawStates(place) {
    const d = this.document;
    place.area.replaceChildren();
    place.legend.replaceChildren();
    this.numbers(place, HOPS, d.at, HOPS.map(hop => d.states[hop].map(s => STATES[s])), value => value ?? '–');
    const from = Math.max(d.from, known(d.first) ? d.first : d.from);
    const width = Math.max(d.to - from, 1);
    place.area.classList.toggle('empty', d.at.length === 0);
    if (d.at.length === 0) {
      place.area.append(h('p', {}, 'The first sample comes within ten seconds.'));
      return;
    }
    const seen = new Set();
    const strips = HOPS.map(hop => {
      const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
      svg.setAttribute('viewBox', '0 0 1000 10');
      svg.setAttribute('preserveAspectRatio', 'none');
      for (const [begin, end, state] of stretches(d, hop)) {
        seen.add(state);
        const block = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
        const x = Math.max(0, (begin - from) / width * 1000);
        block.setAttribute('x', x);
        block.setAttribute('width', Math.max(2, Math.min(1000, (end - from) / width * 1000) - x));
        block.setAttribute('height', 10);
        block.setAttribute('class', `s-${STATES[state].replace(' ', '-')}`);
        svg.append(block);
      }
      return h('div', { class: 'strip' }, h('span', {}, hop), svg);
    });
    place.area.append(h('div', { class: 'strips' }, strips, h('div', { class: 'strip ends' }, h('span', {}), h('i', {}, when(from, width)), h('i', {}, 'now'))));
    [...seen].sort().forEach(state => place.legend.append(h('li', { 'data-state': STATES[state] }, STATES[state])));
    place.area.setAttribute('aria-label', `State of each hop now: ${HOPS.map(hop => `${hop} ${STATES[last(d.states[hop])]}`).join(', ')}`);
  }

  numbers(place, names, at, columns, format) {
    const step = Math.max(1, Math.ceil(at.length / TABLE_ROWS));
    const body = [];
    for (let i = at.length - 1; i >= 0; i -= step) {
      body.push(h('tr', {}, h('th', { scope: 'row' }, `${day(at[i] * 1000)}, ${clock(at[i] * 1000)}`), columns.map(c => h('td', {}, format(c[i])))));
    }
    const open = place.table.parentElement.open;
    place.table.replaceChildren(h('table', {}, h('caption', { class: 'hidden' }, place.title),
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'time'), names.map(n => h('th', { scope: 'col' }, n)))), h('tbody', {}, body)));
    place.table.parentElement.open = open;
  }

  resize() {
    for (const place of this.plots.values()) {
      if (place.drawn) place.drawn.setSize({ width: Math.max(200, place.area.clientWidth), height: 190 });
    }
  }
}

const last = values => {
  for (let i = values.length - 1; i >= 0; i--) if (known(values[i])) return values[i];
  return null;
};

const when = (at, width) => (width > 86400 ? `${day(at * 1000)}, ${clock(at * 1000, false)}` : clock(at * 1000, false));

/** Stretches of one state: [begin, end, state]. */
function stretches(d, hop) {
  const all = [];
  d.at.forEach((at, i) => {
    const state = d.states[hop][i];
    const before = all[all.length - 1];
    if (before && before[2] === state && at - before[1] < d.step * 2.5) before[1] = at + d.step;
    else all.push([at, at + d.step, state]);
  });
  return all;
}
