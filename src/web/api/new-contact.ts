import type { Capture } from '../../core/contact/capture.ts';
import { sha256 } from '../../core/hash.ts';
import { takeIn } from '../../intake/run.ts';
import { contactOfIdentity } from '../../store/api/contacts.ts';
import { addressOfEmployee } from '../../store/api/directory.ts';
import { takeTurns } from '../../store/deciding/decisions.ts';
import { neverCaptured } from '../../store/intake/exclusions.ts';
import { readAnyAddress } from './address.ts';
import type { Call } from './operation.ts';
import { Problem, wrongField } from './problem.ts';
import type { NewContact } from './schemas.ts';

/** Clocks differ; what lies further ahead has not happened. */
const aheadMs = 300_000;

/**
 * Takes in a contact no machine saw, by the one function that writes contacts, and has it matched and assigned at once: what
 * the program writes about it next stands on that. Returns its id.
 *
 * @param asks its owner is to be asked for the gist
 * @throws Problem exists when the program sent it before; invalid when nothing is to be kept of its address
 */
export async function takeContactIn(call: Call<unknown, NewContact>, asks: boolean): Promise<string> {
  const { db, token, newId, office } = call;
  const identity = `api:${token.source}:${call.body.key ?? newId()}`;
  await takeTurns(db, [identity]); // sent twice at once, the second finds the first
  const hash = sha256(identity);
  const known = await contactOfIdentity(db, hash);
  if (known !== null) throw new Problem('exists', 'your program sent this contact before', { more: { id: known } });
  const capture = await captureOf(call, identity, asks);
  const source = { connector: `api:${token.source}`, region: office.region, lease: null };
  const [answer] = await takeIn({ db, newId, exclusions: () => neverCaptured(db) }, source, [capture], null);
  if (answer === 'excluded') throw wrongField('/address', 'people said that nothing is to be kept of it: leave it out');
  const contactId = await contactOfIdentity(db, hash);
  if (contactId === null) throw new Error('what was taken in is not there');
  await office.decide(db, contactId);
  return contactId;
}

async function captureOf(call: Call<unknown, NewContact>, identity: string, asks: boolean): Promise<Capture> {
  const { db, body, clock, office, token } = call;
  const { channel, direction, address, outsideName, employeeId } = body;
  const [startedAt, endedAt] = [new Date(body.startedAt), new Date(body.endedAt ?? body.startedAt)];
  if (startedAt.getTime() > clock.now().getTime() + aheadMs) throw wrongField('/startedAt', 'it lies in the future');
  if (startedAt.getUTCFullYear() < 1900) throw wrongField('/startedAt', 'expected a year from 1900 on');
  if (endedAt < startedAt) throw wrongField('/endedAt', 'it is before `startedAt`');
  const outside = address === undefined ? null : readAnyAddress(address, office.region);
  if (address !== undefined && outside === null)
    throw wrongField('/address', `expected a phone number or an e-mail address, found ${JSON.stringify(address)}`);
  const ours = employeeId === undefined ? null : await addressOfEmployee(db, employeeId);
  return {
    identity,
    revision: 0,
    links: [identity],
    channel,
    direction,
    occurredAt: startedAt,
    endedAt,
    outside: outside === null ? null : { kind: outside.kind, value: address ?? '' },
    outsideName: outsideName ?? null,
    ours: null,
    employees: ours === null ? [] : [ours],
    details: { channel },
    evidence: JSON.stringify({ token: token.name, ...body, gist: undefined }),
    asks,
  };
}
