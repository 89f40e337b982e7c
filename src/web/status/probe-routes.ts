import type { Answer, Route, Web } from '../http/route.ts';

/** What machines ask: do you live, can you work, how are you. */
export function probeRoutes(web: Web): Route[] {
  return [
    { method: 'GET', path: '/livez', auth: 'open', answer: async () => text(200, 'alive') },
    {
      method: 'GET',
      path: '/readyz',
      auth: 'open',
      answer: async () => ((await web.ready()) ? text(200, 'ready') : text(503, 'the database does not answer')),
    },
    {
      method: 'GET',
      path: '/metrics',
      auth: 'loopback',
      async answer() {
        const metrics = await web.metrics?.();
        return metrics ? { kind: 'text', status: 200, ...metrics } : text(404, 'no metrics');
      },
    },
  ];
}

function text(status: number, words: string): Answer {
  return { kind: 'text', status, type: 'text/plain; charset=utf-8', text: `${words}\n` };
}
