import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Colleague, decideOwner, type Handlers, type OwnerQuestion, presentOrSubstitute } from './owner.ts';

const at = (day: string) => new Date(`2026-${day}T12:00:00Z`);
const away = [{ since: at('03-01'), until: at('03-10') }];
const people = (list: readonly (Partial<Colleague> & { readonly id: string })[]) =>
  new Map(list.map((one) => [one.id, { active: true, substituteId: null, absences: [], ...one }]));
const office = people([
  { id: 'anna' },
  { id: 'boris' },
  { id: 'olga' },
  { id: 'duty' },
  { id: 'sick', absences: away, substituteId: 'anna' },
  { id: 'sick-too', absences: away, substituteId: 'sick' },
  { id: 'left', active: false, substituteId: 'boris' },
  { id: 'alone', absences: away },
  { id: 'loop-a', absences: away, substituteId: 'loop-b' },
  { id: 'loop-b', absences: away, substituteId: 'loop-a' },
]);
const nobody: Handlers = { talks: [], lastTalkedTo: null, named: [], rang: [] };
const talk = (employeeId: string, seconds = 10) => ({ employeeId, seconds });
const question: OwnerQuestion = {
  handlers: nobody,
  missed: false,
  addressed: false,
  responsibleId: null,
  defaultId: null,
  dutyId: 'duty',
  policy: 'last',
  at: at('03-05'),
  colleagues: office,
};

describe('who owns it', () => {
  const transferred = {
    ...nobody,
    talks: [talk('anna', 90), talk('boris', 5), talk('olga', 30)],
    lastTalkedTo: 'boris',
    named: ['boris'],
  };
  test.each<[string, Partial<OwnerQuestion>, readonly [string, string, string | null]]>([
    ['nobody and nothing', {}, ['duty', 'duty', null]],
    [
      'a mail to one of us',
      { addressed: true, handlers: { ...nobody, named: ['anna'] }, responsibleId: 'olga' },
      ['anna', 'handled', null],
    ],
    [
      'a mail to several: the client’s responsible',
      { addressed: true, handlers: { ...nobody, named: ['anna', 'boris'] }, responsibleId: 'olga' },
      ['olga', 'responsible', null],
    ],
    [
      'a mail to several, no client’s: the first',
      { addressed: true, handlers: { ...nobody, named: ['anna', 'boris'] }, defaultId: 'olga' },
      ['anna', 'addressed', null],
    ],
    ['a mail to a shared mailbox', { addressed: true, defaultId: 'olga' }, ['olga', 'default', null]],
    ['who talked last', { handlers: transferred }, ['boris', 'handled', null]],
    ['who talked first', { handlers: transferred, policy: 'first' }, ['anna', 'handled', null]],
    ['who talked longest', { handlers: transferred, policy: 'longest' }, ['anna', 'handled', null]],
    [
      'longest in parts',
      { handlers: { ...nobody, talks: [talk('anna', 9), talk('olga', 5), talk('olga', 5)] }, policy: 'longest' },
      ['olga', 'handled', null],
    ],
    [
      'longest, all equal: the first',
      { handlers: { ...nobody, talks: [talk('anna', 9), talk('olga', 9)] }, policy: 'longest' },
      ['anna', 'handled', null],
    ],
    [
      'the last talker is an outside number: the last of ours',
      { handlers: { ...nobody, talks: [talk('anna'), talk('olga')] } },
      ['olga', 'handled', null],
    ],
    [
      'talked, though the client has a responsible',
      { handlers: transferred, responsibleId: 'anna' },
      ['boris', 'handled', null],
    ],
    [
      'a mail: the first it was sent to',
      { handlers: { ...nobody, named: ['olga', 'anna'] } },
      ['olga', 'handled', null],
    ],
    ['our call in vain: who dialled', { handlers: { ...nobody, named: ['olga'] } }, ['olga', 'handled', null]],
    ['nobody of ours known, the responsible', { responsibleId: 'anna' }, ['anna', 'responsible', null]],
    ['the default of the connector', { defaultId: 'boris' }, ['boris', 'default', null]],
    [
      'missed: the responsible before who did not lift',
      { missed: true, responsibleId: 'anna', handlers: { ...nobody, rang: ['olga'] } },
      ['anna', 'responsible', null],
    ],
    [
      'missed: whose phone alone rang',
      { missed: true, handlers: { ...nobody, rang: ['olga', 'olga'], named: ['boris'] } },
      ['olga', 'rang', null],
    ],
    ['missed: a group rang', { missed: true, handlers: { ...nobody, rang: ['olga', 'anna'] } }, ['duty', 'duty', null]],
    [
      'missed: a group rang, connector default',
      { missed: true, defaultId: 'boris', handlers: { ...nobody, rang: ['olga', 'anna'] } },
      ['boris', 'default', null],
    ],
    [
      'answered: who else rang does not matter',
      { responsibleId: null, handlers: { ...nobody, rang: ['olga'] } },
      ['duty', 'duty', null],
    ],
    ['absent: his substitute', { responsibleId: 'sick' }, ['anna', 'responsible', 'sick']],
    ['absent: the substitute of his substitute', { responsibleId: 'sick-too' }, ['anna', 'responsible', 'sick-too']],
    ['back on the day', { responsibleId: 'sick', at: at('03-10') }, ['sick', 'responsible', null]],
    ['not gone yet', { responsibleId: 'sick', at: at('02-28') }, ['sick', 'responsible', null]],
    ['left the company', { responsibleId: 'left' }, ['boris', 'responsible', 'left']],
    [
      'absent with no substitute: the next in the row',
      { responsibleId: 'alone', defaultId: 'boris' },
      ['boris', 'default', null],
    ],
    ['a loop of substitutes: the next in the row', { responsibleId: 'loop-a' }, ['duty', 'duty', null]],
    ['duty absent: his substitute', { dutyId: 'sick' }, ['anna', 'duty', 'sick']],
    ['duty absent with no substitute: his nevertheless', { dutyId: 'alone' }, ['alone', 'duty', null]],
    ['unknown to the office', { responsibleId: 'ghost' }, ['duty', 'duty', null]],
  ])('%s', (_story, part, [ownerId, because, insteadOf]) => {
    expect(decideOwner({ ...question, ...part })).toEqual({ ownerId, because, insteadOf });
  });
});

test('there is always an owner, and substitutes never run in circles', () => {
  const ids = ['a', 'b', 'c', 'd'];
  const chains = fc.array(fc.record({ substituteId: fc.option(fc.constantFrom(...ids)), active: fc.boolean() }), {
    minLength: 4,
    maxLength: 4,
  });
  fc.assert(
    fc.property(chains, fc.constantFrom(...ids), (drawn, id) => {
      const colleagues = people(ids.map((one, i) => ({ id: one, ...drawn[i] })));
      const found = presentOrSubstitute(id, at('03-05'), colleagues);
      if (found !== null) expect(colleagues.get(found)?.active).toBe(true);
      const { ownerId } = decideOwner({ ...question, colleagues, responsibleId: id, dutyId: 'd' });
      expect(ids).toContain(ownerId);
    }),
  );
});
