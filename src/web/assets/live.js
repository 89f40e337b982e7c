// Shows calls as they ring. Each frame holds all that is to be seen, so a lost connection needs no catching up.
const calls = document.getElementById('calls');
const lost = document.getElementById('lost');
const title = document.title;
let waitMs = 500;

function connect() {
  const url = new URL(calls.dataset.socket, location.href);
  url.protocol = url.protocol.replace('http', 'ws');
  const socket = new WebSocket(url);
  socket.addEventListener('open', () => {
    waitMs = 500;
    lost.hidden = true;
  });
  socket.addEventListener('message', ({ data }) => {
    const { html, ringing } = JSON.parse(data);
    // Drawn by the server, which escapes every name; scripts in it would not run under our policy.
    calls.innerHTML = html;
    document.title = ringing ? `☎ ${title}` : title;
  });
  socket.addEventListener('close', ({ code }) => {
    if (code === 4401) return location.reload();
    lost.hidden = false;
    setTimeout(connect, waitMs * (0.7 + 0.3 * Math.random()));
    waitMs = Math.min(10_000, waitMs * 2);
  });
}
connect();
