// Live by server-sent events; history, events and KPIs are asked for now and then.
import { h, known, rows, bytes, seconds, clock, ago, say, withCommands } from './format.js';
import { Plots } from './plots.js';
import { showTables, showEvents, showKpis } from './tables.js';
import { showPurge } from './purge.js';

const $ = id => document.getElementById(id);
const HOPS = {
  slot: ['Slot', 'WAL kept by hot'],
  capture: ['Capture', 'hot → Kafka'],
  kafka: ['Kafka', 'waiting in topics'],
  sink: ['Sink', 'Kafka → archive'],
  proof: ['Proof', 'archive equals hot'],
  purge: ['Purge', 'out of hot'],
};
const RANGES = [['15m', '15 min'], ['1h', '1 h'], ['6h', '6 h'], ['2d', '2 days'], ['30d', '30 days'], ['400d', '400 days']];
const SILENT = 12000;

let about = { mayHold: false };
let status = null;
let heard = 0;
let range = RANGES.some(r => r[0] === location.hash.slice(1)) ? location.hash.slice(1) : '1h';
let announced = '';
let allEvents = false;
let drawnTables = '';
let drawnPurge = '';
const plots = new Plots($('plots'));

function showStatus(now) {
  status = now;
  heard = Date.now();
  const told = `${now.state} ${now.cause}`;
  const changed = told !== announced;
  announced = told;
  $('verdict').dataset.state = now.state;
  say($('state'), now.state);
  say($('sentence'), now.sentence);
  $('action').hidden = !now.action;
  if (now.action) $('action').replaceChildren(h('b', {}, 'What to do '), ...withCommands(now.action));
  if (changed) $('announce').textContent = `${now.state}: ${now.sentence}`;
  say($('prefix'), now.prefix);
  document.title = `${now.state === 'ok' ? '✓' : '⚠'} ${now.state} – ${now.prefix}`;
  showWay(now);
  const tables = JSON.stringify(now.tables);
  if (tables !== drawnTables) showTables($('tables'), now.tables);
  const purge = JSON.stringify([now.purge, tables.length, now.tables.map(t => [t.eligibleRows, t.purgedRows]), about.mayHold]);
  if (purge !== drawnPurge) showPurge($('purge'), now, about.mayHold);
  drawnTables = tables;
  drawnPurge = purge;
  live();
}

function showWay(now) {
  const way = $('way');
  if (way.children.length !== now.hops.length) way.replaceChildren(...now.hops.map(hop => h('li', { id: `hop-${hop.hop}` }, card(hop))));
  for (const hop of now.hops) {
    const item = $(`hop-${hop.hop}`);
    item.dataset.state = hop.state;
    item.classList.toggle('cause', now.cause === hop.hop);
    say(item.querySelector('.state'), hop.state);
    const [big, small] = measures(hop);
    say(item.querySelector('.big'), big);
    say(item.querySelector('.small'), small);
    say(item.querySelector('.reason'), hop.reason || '');
    say(item.querySelector('.soon'), known(hop.secondsToCatchUp) ? `caught up in ${seconds(hop.secondsToCatchUp)}` : '');
  }
  const servers = now.servers.map(s => h('li', { class: s.trouble ? 'away' : '' },
    h('b', {}, s.server), ` ${s.address} `, s.trouble ? h('span', { class: 'warn' }, s.trouble) : h('span', { class: 'good' }, 'answers')));
  if ($('servers').textContent !== servers.map(s => s.textContent).join('')) $('servers').replaceChildren(...servers);
}

function card(hop) {
  const [name, what] = HOPS[hop.hop] || [hop.hop, ''];
  return h('div', { class: 'hop' },
    h('h3', {}, name, h('small', {}, what)),
    h('p', { class: 'pill' }, h('span', { class: 'mark', 'aria-hidden': 'true' }), h('span', { class: 'state' })),
    h('p', { class: 'measure' }, h('b', { class: 'big' }), h('span', { class: 'small' }), h('span', { class: 'soon' })),
    h('p', { class: 'reason' }));
}

/** The one number that says most, and the others. */
function measures(hop) {
  const parts = [];
  if (known(hop.seconds)) parts.push(seconds(hop.seconds));
  if (known(hop.records)) parts.push(`${rows(hop.records)} ${hop.records === 1 ? 'row' : 'rows'}`);
  if (known(hop.bytes)) parts.push(bytes(hop.bytes));
  return [parts[0] || '', parts.slice(1).join(' · ')];
}

function live() {
  const silent = status === null || Date.now() - heard > SILENT;
  $('live').dataset.live = status === null ? 'waiting' : silent ? 'lost' : 'live';
  document.body.classList.toggle('stale', status !== null && silent);
  const text = status === null ? 'waiting for the first measurement'
    : silent ? `this page hears nothing; what it shows is from ${clock(new Date(status.at))}` : `live, measured ${clock(new Date(status.at))}`;
  say($('live-text'), text);
}

async function json(path) {
  const response = await fetch(path);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.problem);
  return answer;
}

function young(history) {
  const since = known(history.first) ? Date.now() / 1000 - history.first : 0;
  const wanted = history.to - history.from;
  $('young').hidden = known(history.first) && since > wanted;
  if (!known(history.first)) return 'Recording has just begun: one sample every 10 s, the worst of every 5 min after two days.';
  return `Recording began ${ago(new Date(history.first * 1000).toISOString())}; the plots begin there.`;
}

async function refreshHistory() {
  try {
    const asked = range;
    const history = await json(`/v1/history?range=${asked}`);
    if (asked !== range) return;
    $('young').textContent = young(history);
    plots.show(history);
  } catch (e) {
    $('young').hidden = false;
    $('young').textContent = `The history cannot be read now: ${e.message}`;
  }
}

async function refreshEvents() {
  try {
    const events = (await json(`/v1/events?range=${range === '15m' || range === '1h' || range === '6h' ? '2d' : range}`)).events;
    showEvents($('events'), events, allEvents, () => {
      allEvents = true;
      refreshEvents();
    });
  } catch (e) {
    $('events').replaceChildren(h('p', { class: 'quiet' }, `Events cannot be read now: ${e.message}`));
  }
}

async function refreshKpis() {
  try {
    showKpis($('kpis'), $('kpi-note'), await json('/v1/kpis'));
  } catch (e) {
    $('kpi-note').hidden = false;
    $('kpi-note').textContent = `These cannot be read now: ${e.message}`;
  }
}

function ranges() {
  RANGES.forEach(([value, text]) => $('range').append(h('label', {},
    h('input', { type: 'radio', name: 'range', value, checked: value === range, onchange: () => choose(value) }), h('span', {}, text))));
}

function choose(value) {
  range = value;
  history.replaceState(null, '', `#${value}`);
  refreshHistory();
  refreshEvents();
}

let stream = null;

/** A page that nobody sees lets go of its connection: a browser has six for all its tabs. */
function listen() {
  if (stream || document.hidden) return;
  stream = new EventSource('/v1/stream');
  stream.addEventListener('status', event => showStatus(JSON.parse(event.data)));
}

function hush() {
  if (stream) stream.close();
  stream = null;
}

async function begin() {
  ranges();
  try {
    about = await json('/v1/about');
    $('version').textContent = `Release ${about.version}.`;
    say($('prefix'), about.prefix);
  } catch (e) {
    $('live-text').textContent = e.message;
  }
  listen();
  addEventListener('pagehide', hush);
  addEventListener('pageshow', listen);
  document.addEventListener('visibilitychange', () => (document.hidden ? hush() : listen()));
  refreshHistory();
  refreshEvents();
  refreshKpis();
  setInterval(live, 1000);
  setInterval(() => document.hidden || refreshHistory(), 10000);
  setInterval(() => document.hidden || refreshEvents(), 10000);
  setInterval(() => document.hidden || refreshKpis(), 60000);
}

begin();
