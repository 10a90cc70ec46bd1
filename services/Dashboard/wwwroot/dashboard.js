// What makes a drawn page live: it follows the page's own stream and changes only what is otherwise than before.
// Without it every page works and is as it was when it was asked for.
const main = document.getElementById('main');
const announcer = document.getElementById('announcer');
const connection = document.getElementById('connection');
document.documentElement.classList.add('scripted');

// --- changing a piece of the page to look like new HTML, node by node: focus, selection, open details and scrolling stay.

function morph(from, to) {
  const wanted = [...to.childNodes];
  let at = from.firstChild;
  for (const node of wanted) {
    // A row that has an id keeps its element even where others came or went before it.
    if (node.nodeType === Node.ELEMENT_NODE && node.id) {
      const own = [...from.children].find(child => child.id === node.id);
      if (own && own !== at) from.insertBefore(own, at), at = own;
    }
    if (!at) { from.append(document.importNode(node, true)); continue; }
    const next = at.nextSibling;
    if (at.nodeType !== node.nodeType || at.nodeName !== node.nodeName) at.replaceWith(document.importNode(node, true));
    else if (node.nodeType !== Node.ELEMENT_NODE) { if (at.nodeValue !== node.nodeValue) at.nodeValue = node.nodeValue; }
    else { attributes(at, node); morph(at, node); }
    at = next;
  }
  while (at) { const next = at.nextSibling; at.remove(); at = next; }
}

// What the visitor opened, and what the script itself added.
function ours(element, name) {
  return (name === 'open' && element.localName === 'details') || (element.classList.contains('scroll') && ['tabindex', 'role', 'aria-label'].includes(name));
}

function attributes(from, to) {
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && !ours(from, name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
}

// A table that is wider than its place can be scrolled by keys, too.
function scrollers() {
  for (const box of document.querySelectorAll('.scroll')) {
    const wide = box.scrollWidth > box.clientWidth;
    if (wide === box.hasAttribute('tabindex')) continue;
    if (wide) {
      box.tabIndex = 0;
      box.setAttribute('role', 'region');
      box.setAttribute('aria-label', `${box.querySelector('caption')?.textContent ?? 'Table'}, can be scrolled`);
    } else for (const name of ['tabindex', 'role', 'aria-label']) box.removeAttribute(name);
  }
}

scrollers();
addEventListener('resize', scrollers);

// --- the page's stream

let stream = null;
let lost = 0;

function state(value, word) {
  if (!connection || connection.dataset.state === value) return;
  connection.dataset.state = value;
  connection.firstElementChild.textContent = word;
}

function open() {
  if (stream || document.hidden) return;
  stream = new EventSource(location.pathname + location.search);
  stream.addEventListener('open', () => { clearTimeout(lost); lost = 0; });
  stream.addEventListener('patch', event => {
    clearTimeout(lost); lost = 0;
    state('live', 'Live');
    for (const [id, html] of Object.entries(JSON.parse(event.data))) {
      const piece = document.getElementById(id);
      if (!piece) continue;
      const template = document.createElement('template');
      template.innerHTML = html;
      morph(piece, template.content);
    }
    scrollers();
  });
  stream.addEventListener('say', event => say(JSON.parse(event.data)));
  stream.addEventListener('reload', () => again());
  stream.addEventListener('error', () => {
    // A moment without contact (a proxy's restart) is not worth a word.
    if (!lost) lost = setTimeout(() => state('lost', 'Reconnecting'), 1500);
    if (stream && stream.readyState === EventSource.CLOSED) { close(); setTimeout(again, 2000); }
  });
}

function close() {
  stream?.close();
  stream = null;
}

// The page became another (signed out, removed, the dashboard is a newer one): it is asked for anew, but not in a circle.
function again() {
  close();
  const last = Number(sessionStorage.getItem('reloaded') ?? 0);
  if (Date.now() - last < 5000) { setTimeout(again, 5000); return; }
  sessionStorage.setItem('reloaded', String(Date.now()));
  location.reload();
}

let unsaid = [];
let speaking = 0;

// Politely: what comes within two seconds is one sentence.
function say(sentence) {
  unsaid.push(sentence);
  speaking ||= setTimeout(() => {
    announcer.textContent = unsaid.slice(-3).join(' ');
    unsaid = [];
    speaking = 0;
  }, 600);
}

if (document.body.hasAttribute('data-live-page')) {
  open();
  // A page that nobody sees needs no news, and a browser has few connections.
  document.addEventListener('visibilitychange', () => { if (document.hidden) close(); else open(); });
  addEventListener('pagehide', close);
  addEventListener('pageshow', event => { if (event.persisted) open(); });
}

// --- keys

const help = document.getElementById('help');
const keys = new Map([...document.querySelectorAll('[data-key]')].map(element => [element.dataset.key, element]));
let prefix = '';

document.querySelector('[data-help]')?.addEventListener('click', () => help.showModal());

addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || help?.open) return;
  const field = event.target.closest?.('input, select, textarea');
  if (event.key === 'Escape') {
    if (field) field.blur();
    document.querySelector('details.account[open]')?.removeAttribute('open');
    return;
  }
  if (field || event.target.isContentEditable) return;
  const target = keys.get(prefix + event.key);
  const began = prefix;
  prefix = '';
  if (target) {
    event.preventDefault();
    if (target.matches('a')) target.click(); else { target.focus(); target.select?.(); }
  } else if (event.key === 'g' && !began) {
    prefix = 'g ';
    setTimeout(() => { prefix = ''; }, 1200);
  } else if (event.key === '?' && help) {
    event.preventDefault();
    help.showModal();
  } else if (event.key === 'j' || event.key === 'k') {
    const rows = [...main.querySelectorAll('tbody a, .problems a')];
    if (rows.length === 0) return;
    const now = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, now + (event.key === 'j' ? 1 : -1)))].focus();
  }
});

document.addEventListener('click', event => {
  const menu = document.querySelector('details.account[open]');
  if (menu && !menu.contains(event.target)) menu.removeAttribute('open');
});

// --- light and dark, without a reload

document.querySelector('form.theme')?.addEventListener('submit', event => {
  if (!event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  document.documentElement.dataset.theme = theme;
  for (const button of event.target.querySelectorAll('button')) button.setAttribute('aria-pressed', String(button === event.submitter));
  document.cookie = theme === 'system' ? 'federation-theme=; path=/; max-age=0; samesite=strict' : `federation-theme=${theme}; path=/; max-age=31536000; samesite=strict`;
});

// --- logs

const log = document.getElementById('log');
if (log?.dataset.log) {
  const most = 5000;
  const filter = document.getElementById('log-filter');
  const pause = document.getElementById('log-pause');
  const remark = document.getElementById('log-state');
  let held = null;
  let count = 0;

  const part = (name, text) => {
    const span = document.createElement('span');
    span.className = name;
    span.textContent = text;
    return span;
  };
  const fits = line => !filter.value || line.textContent.toLowerCase().includes(filter.value.toLowerCase());
  const show = lines => {
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const pieces = document.createDocumentFragment();
    for (const { time, cluster, node, stream, text } of lines) {
      const line = document.createElement('div');
      line.className = `line ${stream}`;
      line.append(part('time', new Date(time).toISOString().slice(11, 23)), part('source', node ? `${cluster}/${node}` : cluster), part('text', text));
      line.hidden = !fits(line);
      pieces.append(line);
    }
    log.append(pieces);
    while (log.childElementCount > most) log.firstElementChild.remove();
    count += lines.length;
    remark.textContent = `${count} ${count === 1 ? 'line' : 'lines'}`;
    if (atEnd) log.scrollTop = log.scrollHeight;
  };

  const lines = new EventSource(log.dataset.log);
  lines.addEventListener('begin', () => { log.replaceChildren(); count = 0; remark.textContent = 'Waiting for lines.'; });
  lines.addEventListener('lines', event => { const more = JSON.parse(event.data); if (held) held.push(...more); else show(more); });
  lines.addEventListener('end', event => { remark.textContent = `${JSON.parse(event.data)} It is asked for again.`; });
  addEventListener('pagehide', () => lines.close());
  filter.addEventListener('input', () => { for (const line of log.children) line.hidden = !fits(line); });
  pause.addEventListener('click', () => {
    if (held) { const more = held; held = null; show(more); } else held = [];
    pause.setAttribute('aria-pressed', String(held !== null));
    pause.textContent = held ? 'Go on' : 'Pause';
  });
}
