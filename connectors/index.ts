// Every connector kind, by hand: the one list a newcomer reads and the only file that knows them all.
import { asteriskAmi } from './asterisk-ami/connector.ts';

export const connectors = { 'asterisk-ami': asteriskAmi } as const;
