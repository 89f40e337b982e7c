import { Fault } from '../../core/fault.ts';
import { type Called, employeesCalled } from '../../directory/duty.ts';
import type { Db } from '../../store/index.ts';

/**
 * The one of our people who is called so, by name, e-mail or extension.
 *
 * @param among `active`: somebody who can work with us now; `all`: somebody who left, too
 * @throws Fault cli.person_unknown, cli.person_ambiguous (reconfigure)
 */
export async function personNamed(db: Db, written: string, among: 'active' | 'all' = 'active'): Promise<Called> {
  const called = (await employeesCalled(db, written)).filter(({ active }) => active || among === 'all');
  const [person, ...others] = called;
  if (person === undefined)
    throw new Fault('cli.person_unknown', 'reconfigure', {
      person: written,
      cure: 'nobody of our people is called so: write the name, the e-mail address or the extension of people.csv',
    });
  if (others.length > 0)
    throw new Fault('cli.person_ambiguous', 'reconfigure', {
      person: written,
      found: called.length,
      cure: `several people are called so: write the e-mail address (${called.map(({ email }) => email ?? '–').join(', ')})`,
    });
  return person;
}
