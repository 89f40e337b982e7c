import { expect, test } from 'vitest';
import { downAfter, holdAfter, judge, pauseAfter, type Reply } from './decide.ts';

const now = new Date('2026-11-26T10:00:00Z');
const answer = (status: number, retryAfter: string | null = null, text = ''): Reply => {
  return { kind: 'answer', status, retryAfter, text };
};
const refused = { kind: 'refused', gone: false, waitMs: null } as const;

test.each<[string, Reply, unknown]>([
  ['200', answer(200), { kind: 'accepted', status: 200 }],
  ['204', answer(204), { kind: 'accepted', status: 204 }],
  ['a redirect is no yes', answer(302), { ...refused, status: 302, error: '302, redirects are not followed' }],
  ['400 with a word', answer(400, null, ' no such ID '), { ...refused, status: 400, error: '400: no such ID' }],
  ['500', answer(500), { ...refused, status: 500, error: '500' }],
  ['410', answer(410), { ...refused, status: 410, error: '410', gone: true }],
  ['429, in 2 minutes', answer(429, '120'), { ...refused, status: 429, error: '429', waitMs: 120_000 }],
  [
    '503, at a time',
    answer(503, 'Thu, 26 Nov 2026 10:30:00 GMT'),
    { ...refused, status: 503, error: '503', waitMs: 1_800_000 },
  ],
  ['503, at a time gone by', answer(503, 'Thu, 26 Nov 2026 09:30:00 GMT'), { ...refused, status: 503, error: '503' }],
  ['503, in a year', answer(503, '31536000'), { ...refused, status: 503, error: '503', waitMs: 86_400_000 }],
  ['503, nonsense', answer(503, 'soon'), { ...refused, status: 503, error: '503' }],
  ['500 may not ask for time', answer(500, '120'), { ...refused, status: 500, error: '500' }],
  ['nothing', { kind: 'nothing', why: 'ECONNREFUSED' }, { ...refused, status: null, error: 'ECONNREFUSED' }],
])('%s', (_story, reply, expected) => expect(judge(reply, now)).toEqual(expected));

test('tries go on for more than three days, the pauses growing', () => {
  const pauses = Array.from({ length: 20 }, (_, i) => pauseAfter(i + 1)).filter((pause) => pause !== null);
  expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
  expect(pauses).toHaveLength(9);
  const days = pauses.reduce((sum, pause) => sum + pause, 0) / 86_400_000;
  expect([days > 3, days < 4]).toEqual([true, true]);
});

test('one event that is refused is no reason to leave the target alone; many are, ten minutes at most', () => {
  expect([1, downAfter - 1, downAfter, downAfter + 1, 1000].map(holdAfter)).toEqual([
    null,
    null,
    5000,
    10_000,
    600_000,
  ]);
});
