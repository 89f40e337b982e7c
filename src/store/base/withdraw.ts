import type { Db } from './db.ts';

/**
 * A transaction that may end with an answer and nothing written: whoever finds out half-way that it must not be, or only
 * wanted to look, withdraws.
 *
 * @param work `withdraw` ends it at once; what was written by then is rolled back
 */
export async function orWithdraw<T>(db: Db, work: (tx: Db, withdraw: (answer: T) => never) => Promise<T>): Promise<T> {
  const withdrawn: { answer: T }[] = [];
  const end = new Error('withdrawn: nothing was changed');
  try {
    return await db.transaction((tx) =>
      work(tx, (answer) => {
        withdrawn.push({ answer });
        throw end;
      }),
    );
  } catch (error) {
    const [last] = withdrawn;
    if (error === end && last !== undefined) return last.answer;
    throw error;
  }
}
