// Numbers as people read them, and elements without innerHTML.
const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

export const known = value => value !== null && value !== undefined;

export function rows(value) {
  return known(value) ? count.format(value) : '–';
}

export function shortRows(value) {
  if (!known(value)) return '–';
  return Math.abs(value) < 10000 ? count.format(value) : compact.format(value);
}

export function bytes(value) {
  if (!known(value)) return '–';
  let size = Math.abs(value);
  let unit = 0;
  while (size >= 1024 && unit < UNITS.length - 1) {
    size /= 1024;
    unit++;
  }
  const text = unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1).replace(/\.0$/, '');
  return `${value < 0 ? '−' : ''}${text} ${UNITS[unit]}`;
}

export function seconds(value) {
  if (!known(value)) return '–';
  if (value < 0.05) return '0 s';
  if (value < 9.95) return `${value.toFixed(1).replace(/\.0$/, '')} s`;
  if (value < 120) return `${Math.round(value)} s`;
  if (value < 7200) return two(value, 60, 'min', 's');
  if (value < 172800) return two(value, 3600, 'h', 'min');
  return two(value, 86400, 'd', 'h');
}

function two(value, unit, name, next) {
  const small = { s: 1, min: 60, h: 3600 }[next];
  const whole = Math.floor(value / unit);
  const rest = Math.floor((value - whole * unit) / small);
  return rest === 0 || whole >= 20 ? `${whole} ${name}` : `${whole} ${name} ${rest} ${next}`;
}

export function clock(at, withSeconds = true) {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  if (withSeconds) options.second = '2-digit';
  return new Intl.DateTimeFormat('en-GB', options).format(at);
}

export function day(at) {
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' }).format(at);
}

export function moment(iso) {
  if (!iso) return '–';
  const at = new Date(iso);
  return at.toDateString() === new Date().toDateString() ? clock(at, false) : `${day(at)}, ${clock(at, false)}`;
}

export function ago(iso) {
  if (!iso) return 'never';
  return `${seconds(Math.max(0, (Date.now() - new Date(iso)) / 1000))} ago`;
}

/** An element: properties, then children (texts, elements, or nothing). */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter(child => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sentences with 'commands' in quotes, or a command alone: those become code. */
export function withCommands(text) {
  if (/^(\.\/archive|systemctl|docker) [^.]*$/.test(text)) return [h('code', {}, text)];
  return text.split(/('(?:\.\/)?archive [^']+'|'systemctl [^']+'|'pg_isready [^']+'|'docker [^']+')/).map(part =>
    /^'.*'$/.test(part) ? h('code', {}, part.slice(1, -1)) : part);
}

/** Sets a text only where it is another one, so that nothing is announced or drawn anew. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
