// Tables of the policy, events, and the numbers of each day.
import { h, known, rows, bytes, moment, ago, withCommands } from './format.js';

// Roles are told because a narrow screen shows each row as a card, which would take them away.
const head = names => h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, names.map(([name, number]) => h('th', { scope: 'col', role: 'columnheader', class: number ? 'number' : '' }, name))));

function table(names, body) {
  body.forEach(row => {
    row.setAttribute('role', 'row');
    [...row.children].forEach((cell, i) => {
      cell.setAttribute('role', i === 0 ? 'rowheader' : 'cell');
      cell.dataset.label = names[i][0];
    });
  });
  return h('table', { class: 'wide', role: 'table' }, head(names), h('tbody', { role: 'rowgroup' }, body));
}

const cell = (text, note, warn) => h('td', { class: 'number' }, h('span', { class: warn ? 'warn' : '' }, text), note ? h('small', {}, note) : null);
const sum = (a, b) => (known(a) || known(b) ? (a || 0) + (b || 0) : null);

const VERIFIED = { equal: ['✓ equal', 'good'], differs: ['✕ differs', 'bad'], never: ['never', ''] };

export function showTables(parent, tables) {
  if (tables.length === 0) {
    parent.replaceChildren(h('p', { class: 'note' }, 'The policy names no table yet.'));
    return;
  }
  const names = [['Table'], ['In hot', 1], ['Archived', 1], ['May leave hot', 1], ['Purged', 1], ['Held'], ['Compared']];
  const body = tables.map(one => {
    const reference = one.role === 'reference';
    const [word, kind] = VERIFIED[one.verified] || [one.verified, ''];
    const waits = one.quarantined > 0 ? `${rows(one.quarantined)} in quarantine` : '';
    return h('tr', {},
      h('th', { scope: 'row' }, one.table, h('small', {}, reference ? 'reference, never purged' : one.role)),
      cell(rows(one.hotRows), `${bytes(one.hotBytes)}, ${bytes(one.hotIndexBytes)} of it indexes`),
      cell(rows(sum(one.mirrorRows, one.coldRows)), `${bytes(sum(one.mirrorBytes, one.coldBytes))}; ${rows(one.coldRows)} left hot`),
      reference ? cell('–') : cell(known(one.eligibleRows) ? rows(one.eligibleRows) : 'not counted', one.oldestEligible ? `oldest of ${moment(one.oldestEligible)}` : ''),
      cell(reference ? '–' : rows(one.purgedRows)),
      h('td', {}, one.holds.length ? one.holds.map(hold => h('span', { class: 'warn block' }, withCommands(hold))) : reference ? '–' : 'no', waits ? h('small', { class: 'warn' }, waits) : null),
      h('td', {}, h('span', { class: kind }, word), one.verifiedAt ? h('small', {}, ago(one.verifiedAt)) : null));
  });
  parent.replaceChildren(table(names, body));
}

const GOOD = ['ok', 'caught up', 'started', 'released', 'back', 'verified', 'settled', 'carried again', 'watched', 'migrated'];

export function showEvents(parent, events, all, more) {
  if (events.length === 0) {
    parent.replaceChildren(h('p', { class: 'quiet' }, 'Nothing has changed in this time: no service started or stopped, nothing was held, and no hop changed its state.'));
    return;
  }
  const shown = all ? events : events.slice(0, 10);
  const list = h('ol', { class: 'events' }, shown.map(event => h('li', {},
    h('time', { datetime: event.at, title: new Date(event.at).toLocaleString() }, moment(event.at)),
    h('span', { class: `kind ${GOOD.includes(event.kind) ? 'good' : 'bad'}` }, event.kind),
    h('span', { class: 'what' }, event.subject === '*' ? '' : h('b', {}, event.subject), ' ', withCommands(event.detail)))));
  const button = events.length > shown.length ? h('button', { type: 'button', onclick: more }, `Show all ${events.length}`) : null;
  parent.replaceChildren(list, ...(button ? [button] : []));
}

const perWeek = (value, format) => (known(value) ? `${value > 0 ? '+' : ''}${format(value)}` : 'after a day');

export function showKpis(parent, note, kpis) {
  parent.hidden = kpis.tables.length === 0;
  note.hidden = false;
  if (kpis.tables.length === 0) {
    note.textContent = 'The tables’ sizes are written down every day from now on; the first ones within a minute.';
    return;
  }
  const days = Math.max(...kpis.tables.map(t => t.overDays));
  note.textContent = days === 0 ? 'Recording began today; growth per week is known from tomorrow on.' : `Growth of the last ${days === 1 ? 'day' : `${days} days`}, as if it went on for a week.`;
  const names = [['Table'], ['Hot a week', 1], ['Indexes a week', 1], ['Purged a week', 1], ['Archive per row', 1], ['Hot', 1], ['Mirror', 1], ['Cold store', 1]];
  const body = kpis.tables.map(t => h('tr', {},
    h('th', { scope: 'row' }, t.table),
    cell(perWeek(t.hotBytesPerWeek, bytes), known(t.hotRowsPerWeek) ? `${perWeek(t.hotRowsPerWeek, rows)} rows` : ''),
    cell(perWeek(t.hotIndexBytesPerWeek, bytes)),
    cell(perWeek(t.purgedRowsPerWeek, rows)),
    cell(known(t.archiveBytesPerRow) ? bytes(Math.round(t.archiveBytesPerRow)) : '–'),
    cell(bytes(t.hotBytes), `${rows(t.hotRows)} rows`), cell(bytes(t.mirrorBytes), `${rows(t.mirrorRows)} rows`), cell(bytes(t.coldBytes), `${rows(t.coldRows)} rows`)));
  parent.replaceChildren(table(names, body));
}
