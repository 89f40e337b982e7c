import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

test('counts stand in the text Prometheus reads; two registries do not meet', async () => {
  const metrics = createMetrics();
  createMetrics().capturesStored.inc({ connector: 'pbx', channel: 'call' }, 7);
  metrics.capturesStored.inc({ connector: 'pbx', channel: 'call' });
  metrics.connectorUp.set({ connector: 'pbx' }, 1);
  const lines = (await metrics.text()).split('\n');
  expect(lines).toContain('captures_stored_total{connector="pbx",channel="call"} 1');
  expect(lines).toContain('connector_up{connector="pbx"} 1');
});
