import { afterAll, expect, test } from 'vitest';
import { describePeer } from '../kit/peer.ts';
import { endAllPrograms } from '../kit/program.ts';
import { killWhileMailsCome } from './mail-kill.ts';

describePeer('dovecot', 'a mailbox while the daemon is killed', () => {
  afterAll(endAllPrograms);

  test.each([1, 2, 3])('seed %i: every mail is one contact, none is lost', { timeout: 240_000 }, async (seed) => {
    const { expected, found, unread } = await killWhileMailsCome({ seed, mails: 300, kills: 5 });
    const ids = (list: typeof found) => list.map(({ messageId }) => messageId);
    expect(
      ids(expected).filter((id) => !ids(found).includes(id)),
      'lost',
    ).toEqual([]);
    expect(
      ids(found).filter((id, i, all) => all.indexOf(id) !== i),
      'twice',
    ).toEqual([]);
    expect(found).toEqual(expected);
    expect(unread).toBe(0);
  });
});
