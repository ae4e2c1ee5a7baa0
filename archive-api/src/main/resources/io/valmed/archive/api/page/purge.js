// What the purge does, and holding and releasing it for whoever has the token.
import { h, rows, ago, known, withCommands } from './format.js';

let token = '';
let by = '';

async function ask(path, body) {
  const response = await fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  const answer = await response.json().catch(() => ({ problem: `the API answered ${response.status}` }));
  if (!response.ok) throw new Error(answer.problem);
  return answer;
}

export function showPurge(parent, status, mayHold) {
  const purge = status.purge;
  const tables = status.tables.filter(t => t.role !== 'reference');
  const counted = tables.map(t => t.eligibleRows).filter(known);
  const waiting = counted.length ? counted.reduce((a, b) => a + b, 0) : null;
  const purged = tables.map(t => t.purgedRows).filter(known).reduce((a, b) => a + b, 0);
  const held = purge ? purge.holds : [];
  const facts = h('dl', { class: 'facts' },
    h('div', {}, h('dt', {}, 'Worker'), h('dd', {}, !purge ? 'not known' : purge.running ? 'connected' : 'none is connected')),
    h('div', {}, h('dt', {}, 'Last run'), h('dd', {}, purge && purge.lastRun ? ago(purge.lastRun) : 'none yet')),
    h('div', {}, h('dt', {}, 'May leave hot'), h('dd', {}, waiting === null ? 'not counted yet' : `${rows(waiting)} rows`)),
    h('div', {}, h('dt', {}, 'Purged ever'), h('dd', {}, `${rows(purged)} rows`)));
  const sentence = held.length ? null : h('p', { class: 'quiet' },
    !purge ? 'Neither database told how the purge does.'
      : waiting === 0 ? 'Every settled, cold row has left hot. Nothing is to be done.'
        : purged === 0 && !waiting ? 'Nothing has left hot yet: a row leaves when it is settled, old enough, and its archived copy was proven equal.'
          : 'Nothing holds it.');
  const holds = held.map(hold => h('p', { class: 'hold' }, withCommands(hold)));
  const switches = mayHold
    ? h('p', { class: 'switches' }, h('button', { type: 'button', class: 'primary', id: 'pause', onclick: pauseDialog }, 'Hold the purge…'), h('button', { type: 'button', id: 'resume', onclick: resumeDialog }, 'Release a hold…'))
    : h('p', { class: 'quiet' }, 'Hold it with ', h('code', {}, './archive purge pause --reason TEXT'), '. Where the settings name an ', h('code', {}, 'api.token-file'), ', this page can do it too.');
  const focused = document.activeElement && document.activeElement.id;
  parent.replaceChildren(facts, ...holds, ...(sentence ? [sentence] : []), switches);
  if (focused === 'pause' || focused === 'resume') document.getElementById(focused).focus();
}

const dialog = () => document.getElementById('dialog');

function field(label, name, value, type = 'text') {
  return h('label', {}, label, h('input', { name, type, value, required: true, maxlength: 500, autocomplete: 'off' }));
}

function open(title, text, fields, button, act) {
  const problem = h('p', { class: 'warn', role: 'alert' });
  const form = h('form', { method: 'dialog' }, h('h2', { id: 'dialog-title' }, title), h('p', { class: 'quiet' }, text), fields, problem,
    h('p', { class: 'switches' }, h('button', { type: 'submit', class: 'primary' }, button), h('button', { type: 'button', onclick: () => dialog().close() }, 'Cancel')));
  form.addEventListener('submit', async event => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form));
    token = given.token ?? token;
    by = given.by ?? by;
    problem.textContent = '';
    try {
      await act(given, problem);
    } catch (e) {
      problem.textContent = e.message;
    }
  });
  dialog().replaceChildren(form);
  if (!dialog().open) dialog().showModal();
}

function pauseDialog() {
  open('Hold the purge', 'No worker begins to delete any more until the hold is released. Archiving goes on.',
    [field('Token', 'token', token, 'password'), field('Your name', 'by', by), field('Why; shown to whoever asks', 'reason', '')],
    'Hold all purging', async given => {
      await ask('/v1/purge/pause', { by: given.by, reason: given.reason, table: '*' });
      dialog().close();
    });
}

function resumeDialog() {
  open('Release a hold', 'Look into a hold before you end it; others stay.',
    [field('Token', 'token', token, 'password'), field('Your name', 'by', by)],
    'Show the open holds', async () => showHolds((await ask('/v1/purge/holds')).holds));
}

function showHolds(holds) {
  const list = holds.map(hold => h('p', { class: 'hold' }, withCommands(hold.line), ' ',
    hold.alarm ? null : h('button', { type: 'button', onclick: () => release(hold.hold) }, `Release ${hold.hold}`)));
  open('Release a hold', holds.length ? 'Each is released by itself.' : 'No hold is open: purging goes on.', list, 'Done', async () => dialog().close());
}

async function release(name) {
  try {
    showHolds((await ask('/v1/purge/resume', { hold: name, by })).holds);
  } catch (e) {
    dialog().querySelector('[role=alert]').textContent = e.message;
  }
}
