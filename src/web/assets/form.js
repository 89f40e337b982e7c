// The completion form's comfort: it counts, keeps what is typed and saves by Ctrl+Enter. Everything works without it.
const form = document.getElementById('gist-form');
const saved = document.querySelector('[data-saved]');
// A browser may forbid storage; then the text is kept by the server alone.
const local = {
  get: (key) => {
    try {
      return localStorage.getItem(`letopis ${key}`);
    } catch {
      return null;
    }
  },
  set: (key, text) => {
    try {
      if (text === null) localStorage.removeItem(`letopis ${key}`);
      else localStorage.setItem(`letopis ${key}`, text);
    } catch {}
  },
};
if (saved) local.set(saved.dataset.saved, null);
if (form) start(form, form.dataset);

function start(form, { key, typing, offline, kept, restored }) {
  const gist = form.elements.gist;
  const note = document.getElementById('note');
  const words = note.appendChild(document.createElement('span'));
  const count = note.appendChild(document.createElement('span'));
  count.ariaHidden = 'true';
  let known = gist.value;
  let timer;
  let waiting = false;
  const tell = (text) => {
    words.textContent = text;
  };
  const draw = () => {
    const length = [...gist.value].length;
    count.textContent = length ? `${length} / 200` : '';
  };
  const unsent = local.get(key);
  if (unsent && !gist.value) {
    gist.value = unsent;
    tell(restored);
  }
  gist.setSelectionRange(gist.value.length, gist.value.length);
  // Above it there may be a mail to be read first: the page stays where it is.
  if (!gist.autofocus) gist.focus({ preventScroll: true });
  draw();

  const keep = async () => {
    const text = gist.value;
    if (!typing || text === known) return;
    try {
      const body = new URLSearchParams({ gist: text, proof: form.elements.proof.value });
      const answer = await fetch(typing, { method: 'POST', body, keepalive: true });
      if (!answer.ok) throw new Error(answer.statusText);
      known = text;
      local.set(key, null);
      tell(kept);
    } catch {
      local.set(key, text);
      tell(offline);
    }
  };
  gist.addEventListener('input', () => {
    draw();
    tell('');
    clearTimeout(timer);
    timer = setTimeout(keep, 1000);
  });
  addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') void keep();
  });
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener('submit', (event) => {
    clearTimeout(timer);
    local.set(key, gist.value || null);
    if (navigator.onLine) return;
    event.preventDefault();
    waiting = true;
    tell(offline);
  });
  addEventListener('online', () => {
    if (waiting) form.requestSubmit();
    else void keep();
  });
}
