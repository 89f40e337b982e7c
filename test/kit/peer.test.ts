import { expect, test } from 'vitest';
import { peerState } from './peer.ts';

test.each([
  ['it runs', { LETOPIS_PEER_REDIS: 'redis://127.0.0.1:1' }, { here: true, address: 'redis://127.0.0.1:1' }],
  ['it may not be installed', { LETOPIS_PEER_REDIS_MISSING: 'no apt-get' }, { here: false, reason: 'no apt-get' }],
  ['nobody looked', {}, { here: false, reason: 'not brought up: use npm test, or set LETOPIS_PEER_REDIS' }],
  ['another one runs', { LETOPIS_PEER_OPENSSL: '/usr/bin/openssl' }, { here: false, reason: expect.any(String) }],
] as const)('%s', (_story, environment, expected) => {
  expect(peerState('redis', environment)).toEqual(expected);
});
