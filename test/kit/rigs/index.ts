import { asteriskAmiRig } from './asterisk-ami.ts';
import type { Rig } from './rig.ts';

export type { Rig, RiggedSource, SessionRig, WebhookRig } from './rig.ts';

/** One rig per kind of connectors/index.ts: a kind without one fails the suite. */
export const rigs: Readonly<Record<string, Rig>> = { 'asterisk-ami': asteriskAmiRig };
