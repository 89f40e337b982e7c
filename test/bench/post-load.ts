// Posts to a server on loopback as fast as it answers, over connections that stay open: a process of its own, started by
// `openLoad` of load.ts. Speaks no more HTTP than it needs, so that most of a core is left for who answers.
import { connect, type Socket } from 'node:net';
import type { Load, LoadReport } from './load.ts';

process.on('message', (load: Load) => {
  void run(load).then((report) => process.send?.(report));
});

async function run({ port, path, headers, body, connections, posts, first }: Load): Promise<LoadReport> {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  const [before = '', behind = ''] = body.split(idPlace);
  const latenciesMs: number[] = [];
  let sent = 0;
  let refused = 0;
  const next = () => {
    if (sent === posts) return null;
    const id = String(first + sent++).padStart(idPlace.length, '0');
    return `${head}${before}${id}${behind}`;
  };
  const one = (socket: Socket) =>
    new Promise<void>((resolve, reject) => {
      let begin = 0;
      let answer = '';
      const ask = () => {
        const request = next();
        if (request === null) return resolve();
        begin = performance.now();
        socket.write(request);
      };
      socket.setEncoding('latin1').on('data', (text: string) => {
        answer += text;
        if (!isWhole(answer)) return;
        latenciesMs.push(performance.now() - begin);
        if (!answer.startsWith('HTTP/1.1 200')) refused += 1;
        answer = '';
        ask();
      });
      socket.once('error', reject).once('close', () => reject(new Error('the server closed a connection')));
      ask();
    });
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(port)));
  await Promise.all(sockets.map(one));
  for (const socket of sockets) socket.destroy();
  latenciesMs.sort((a, b) => a - b);
  const p99Ms = latenciesMs[Math.ceil(latenciesMs.length * 0.99) - 1] ?? Number.NaN;
  return { answered: latenciesMs.length, refused, p99Ms };
}

/** In the body it is replaced by a number of the same length. */
const idPlace = '__the_number__';

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket.setNoDelay()));
    socket.once('error', reject);
  });
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = Number(/^content-length: (\d+)/im.exec(answer)?.[1] ?? 0);
  return answer.length >= end + 4 + length;
}
