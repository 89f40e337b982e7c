import { webForm } from '../../../connectors/web-form/connector.ts';
import { tokenRig } from './webhook-rig.ts';

const headers = { 'content-type': 'application/x-www-form-urlencoded' };

export const webFormRig = tokenRig(
  webForm,
  { token: 'rig-secret' },
  (n) => ({ headers, body: `phone=0671234567&message=question+${n}` }),
  { headers, body: 'nothing=that+we+know' },
);
