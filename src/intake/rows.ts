import type { Capture } from '../core/contact/capture.ts';
import { type CaptureFacts, factsOf, outcomeOf } from '../core/contact/capture-json.ts';
import { sha256 } from '../core/hash.ts';
import { clampDate, json, pgSafe } from '../store/index.ts';
import type { CaptureRow, MachineRow } from '../store/intake/captures.ts';
import { normalized } from './normalize.ts';

/** @param ids the row id of each capture */
export function captureRow(ids: ReadonlyMap<Capture, string>, capture: Capture, contactId: string): CaptureRow {
  return {
    id: ids.get(capture) ?? '',
    key: sha256(`${capture.identity}\n${capture.revision}`),
    channel: capture.channel,
    revision: capture.revision,
    facts: json(factsOf(capture)),
    evidence: pgSafe(capture.evidence),
    contactId,
  };
}

export function machineRow(id: string, facts: CaptureFacts, region: string | null): MachineRow {
  return { ...machineColumns(id, facts, region), facts: json(facts) };
}

/** `region`: two letters, to read national numbers. */
export function machineColumns(id: string, facts: CaptureFacts, region: string | null): Omit<MachineRow, 'facts'> {
  const { outside } = facts;
  const startedAt = clampDate(facts.occurredAt) ?? new Date(0);
  return {
    id,
    channel: facts.channel,
    direction: facts.direction,
    outcome: outcomeOf(facts.details),
    startedAt,
    endedAt: clampDate(facts.endedAt) ?? startedAt,
    outsideKind: outside?.kind ?? null,
    outside: outside === null ? null : pgSafe(outside.value),
    outsideNorm: outside === null ? null : normalized(outside, region),
    outsideName: facts.outsideName === null ? null : pgSafe(facts.outsideName),
    asks: facts.asks,
    thread: facts.details.channel === 'email' ? facts.details.mail.thread : null,
  };
}
