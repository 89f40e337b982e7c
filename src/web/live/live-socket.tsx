import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { renderToString } from 'preact-render-to-string';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LiveCall } from '../../live/run.ts';
import { sessionVisitor } from '../../store/access/sessions.ts';
import { provenance, sessionOf } from '../http/answering.tsx';
import { mayConnect } from '../http/guard.ts';
import type { Session, Web } from '../http/route.ts';
import { LiveCalls } from './live-page.tsx';

/** Between two signs of life; a page that misses one is gone. */
const heartbeatMs = 25_000;

/**
 * Pushes each signed-in employee the calls that are his to see: a frame holds the whole present state, drawn, so that a
 * page that comes back after a loss needs nothing else. Returns what closes all sockets.
 */
export function serveLive(web: Web, server: Server, path: string): () => void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 1024, perMessageDeflate: false });
  server.on('upgrade', (request, socket, head) => {
    // Node has taken its own listener off: without this one whoever hangs up before we answer ends the process.
    socket.on('error', (err) => web.log.debug({ err }, 'live.socket_failed'));
    admit(web, path, request)
      .then((session) => {
        if (session === null) return refuse(socket);
        sockets.handleUpgrade(request, socket, head, (page) => attend(web, session, page));
      })
      .catch((err: unknown) => {
        web.log.warn({ err }, 'live.handshake_failed');
        refuse(socket);
      });
  });
  return () => {
    for (const page of sockets.clients) page.close(1001);
    sockets.close();
  };
}

/** Only a page of ours (Origin) of somebody signed in; whoever may not see frames gets no socket. */
async function admit(web: Web, path: string, request: IncomingMessage): Promise<Session | null> {
  if (request.url !== path || !mayConnect(provenance(request), web.publicUrl)) return null;
  return sessionOf(web, request.headers.cookie, 'GET');
}

/** Whole, not by halves: a client that never closes its own side would hold the connection for ever. */
function refuse(socket: Duplex): void {
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', () => socket.destroy());
}

function attend(web: Web, session: Session, page: WebSocket): void {
  const show = (calls: readonly LiveCall[]) => {
    const view = web.asView(session.visitor, [], session.hash);
    const html = renderToString(<LiveCalls view={view} calls={calls} />);
    page.send(JSON.stringify({ html, ringing: calls.filter((call) => call.state === 'ringing').length }));
  };
  const stop = web.live.watch(session.visitor.id, show);
  let alive = true;
  const heartbeat = setInterval(() => {
    if (!alive) return page.terminate();
    alive = false;
    page.ping();
    // Who signed out, or was dismissed, sees no more calls.
    endIfSignedOut(web, session, page).catch((err: unknown) => web.log.warn({ err }, 'live.session_unknown'));
  }, heartbeatMs);
  page.on('pong', () => {
    alive = true;
  });
  page.on('error', (err) => web.log.debug({ err }, 'live.socket_failed'));
  page.on('close', () => {
    clearInterval(heartbeat);
    stop();
  });
  show(web.live.present(session.visitor.id));
}

async function endIfSignedOut(web: Web, session: Session, page: WebSocket): Promise<void> {
  if ((await sessionVisitor(web.db, session.hash, web.clock.now())) === null) page.close(4401);
}
