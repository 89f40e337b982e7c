import type { Conversation } from '../../src/calls/index.ts';
import type { Address, CallFacts, Capture } from '../../src/connector/index.ts';

/**
 * A finished call as a capture; null for colleagues among themselves, which is no contact.
 *
 * @param exchange shared by the connectors of one exchange, so that its CDRs are known as the same call
 */
export function toCapture(call: CallFacts, conversation: Conversation, exchange: string): Capture | null {
  if (call.direction === 'internal') return null;
  const inbound = call.direction === 'inbound';
  const number = call.withheld ? null : inbound ? call.caller : call.called;
  return {
    identity: call.linkedIds[0] ?? '',
    revision: conversation.moments.length,
    links: call.linkedIds.map((id) => `call:${exchange}:${id}`),
    channel: call.outcome === 'fax' ? 'fax' : 'call',
    direction: call.direction,
    occurredAt: call.startedAt,
    endedAt: call.endedAt,
    outside: number === null ? null : { kind: 'phone', value: number },
    outsideName: inbound && !call.withheld ? call.callerName : null,
    ours: inbound && call.called !== null ? { kind: 'phone', value: call.called } : null,
    employees: employeesOf(call),
    details: { channel: 'call', call },
    evidence: evidenceOf(conversation),
    asks: true,
  };
}

/** The messages as they came, one character per byte. */
export function evidenceOf({ moments }: Conversation): string {
  return moments.map(({ frame }) => frame.text).join('\r\n\r\n');
}

/** Who talked last first, as he owns the draft; where nobody talked, whose phones rang or who dialled. */
function employeesOf(call: CallFacts): Address[] {
  const last = call.employees.includes(call.lastTalkedTo ?? '') ? [call.lastTalkedTo ?? ''] : [];
  const dialled = call.direction === 'outbound' && call.caller !== null ? [call.caller] : [];
  const people = call.employees.length > 0 ? [...last, ...call.employees] : [...dialled, ...call.rang];
  return [...new Set(people)].map((value) => ({ kind: 'extension', value }));
}
