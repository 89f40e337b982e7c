import type { Db } from '../store/base/db.ts';
import { colleaguesAt } from '../store/deciding/decisions.ts';
import { type DraftOfLeft, draftsOfLeft, giveDrafts, shutOut } from '../store/deciding/hand-over.ts';
import { changeLog } from '../store/history/change-log.ts';
import { presentOrSubstitute } from './owner.ts';
import type { AssignOffice } from './run.ts';

/** A draft that went from somebody who left to somebody who is here. */
export interface HandedOver {
  readonly contactId: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Who is no longer with us loses his links and sessions, and his drafts go on: to his substitute, else the client's
 * responsible, else the connector's default owner, else the duty employee; the new owner is asked in his turn. Again as
 * often as wanted. Drafts for which nobody is here stay where they are, for the next time.
 */
export function handOverDrafts(
  db: Db,
  office: Pick<AssignOffice, 'defaultOwnerOf'>,
  now: Date,
): Promise<readonly HandedOver[]> {
  return db.transaction(async (tx) => {
    await shutOut(tx, now);
    const drafts = await draftsOfLeft(tx);
    if (drafts.length === 0) return [];
    const rows = await colleaguesAt(tx, now);
    const dutyId = rows.find(({ isDuty }) => isDuty)?.id ?? null;
    const absent = [{ since: now, until: new Date(now.getTime() + 1) }];
    const colleagues = new Map(rows.map((row) => [row.id, { ...row, absences: row.isAbsent ? absent : [] }]));
    const handed = drafts.flatMap((draft): HandedOver[] => {
      const heirs = [draft.ownerId, draft.responsibleId, office.defaultOwnerOf(draft.connector), dutyId];
      const to = heirs.map((id) => id && presentOrSubstitute(id, now, colleagues)).find((id) => id !== null);
      // Nobody is here today: the duty employee, if he is one of us still, finds it when he comes.
      const last = dutyId !== null && colleagues.get(dutyId)?.active === true ? dutyId : undefined;
      const heir = to ?? last;
      return heir === undefined ? [] : [{ contactId: draft.contactId, from: draft.ownerId, to: heir }];
    });
    await giveDrafts(tx, handed);
    const clientOf = new Map(drafts.map((draft: DraftOfLeft) => [draft.contactId, draft.clientId]));
    await changeLog(tx, { kind: 'edit', via: 'machine', authorId: null, label: null }).record(
      handed.map(({ contactId, from, to }) => ({
        entity: 'contact',
        entityId: contactId,
        clientId: clientOf.get(contactId) ?? null,
        field: 'owner',
        old: from,
        new: to,
      })),
    );
    return handed;
  });
}
