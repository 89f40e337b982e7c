import { pbxWebhook } from '../../../connectors/pbx-webhook/connector.ts';
import { tokenRig } from './webhook-rig.ts';

const headers = { 'content-type': 'application/json' };
const call = { from: '0671234567', to: '101', talkSeconds: 5 };

export const pbxWebhookRig = tokenRig(
  pbxWebhook,
  { secret: 'rig-secret' },
  (n) => ({ headers, body: JSON.stringify({ ...call, id: `rig-${n}`, startedAt: 1772442000 + n }) }),
  { headers, body: '{"id": "rig' },
);
