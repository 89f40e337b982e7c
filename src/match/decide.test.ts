import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideMatch, type Mark, type MatchQuestion, type PointOwner } from './decide.ts';
import { companyDomains } from './freemail.ts';

const at = (day: string) => new Date(`2026-${day}T00:00:00Z`);
const owner = (client: string, more: Partial<PointOwner> = {}): PointOwner => ({
  kind: 'phone',
  address: '+380441234567',
  shared: false,
  reception: false,
  since: null,
  until: null,
  clientId: `id-${client}`,
  client,
  personId: null,
  person: null,
  responsibleId: null,
  planned: false,
  lastContactAt: null,
  ...more,
});
const person = (client: string, name: string, more: Partial<PointOwner> = {}) =>
  owner(client, { personId: `id-${name}`, person: name, ...more });
const question = (owners: readonly PointOwner[], more: Partial<MatchQuestion> = {}): MatchQuestion => ({
  occurredAt: at('03-01'),
  refused: null,
  owners,
  marks: [],
  hints: [],
  isClaimed: false,
  takenBy: [],
  ...more,
});
const mark = (says: Mark['says'], isDomain = false): Mark => ({ says, isDomain, since: null, until: null });
const ask = (owners: readonly PointOwner[], more: Partial<MatchQuestion> = {}) => {
  const match = decideMatch(question(owners, more));
  return { verdict: match.verdict, who: match.candidates.map((c) => [c.client, c.person, c.strength, c.code]) };
};

const moved = [owner('Acme', { since: at('01-01'), until: at('02-01') }), owner('Zorg', { since: at('02-01') })];
const acme = ['Acme', null, 'strong', 'client_address'];
const zorg = ['Zorg', null, 'strong', 'client_address'];
const domain = { kind: 'domain', address: 'acme.example' } as const;

describe('whose contact it was', () => {
  test.each<[string, readonly PointOwner[], Partial<MatchQuestion>, ReturnType<typeof ask>]>([
    ['nobody has the number', [], {}, { verdict: 'stranger', who: [] }],
    ['one client', [owner('Acme')], {}, { verdict: 'client', who: [acme] }],
    [
      'a person',
      [person('Acme', 'Anna')],
      {},
      { verdict: 'client', who: [['Acme', 'Anna', 'strong', 'person_address']] },
    ],
    [
      'a person and the client',
      [owner('Acme'), person('Acme', 'Anna')],
      {},
      { verdict: 'client', who: [['Acme', 'Anna', 'strong', 'person_address']] },
    ],
    [
      'two people of one client',
      [person('Acme', 'Anna'), person('Acme', 'Boris')],
      {},
      { verdict: 'client', who: [['Acme', null, 'strong', 'people_address']] },
    ],
    ['the same point twice', [owner('Acme'), owner('Acme')], {}, { verdict: 'client', who: [acme] }],
    ['the number moved: an old call', moved, { occurredAt: at('01-15') }, { verdict: 'client', who: [acme] }],
    ['the number moved: on the day', moved, { occurredAt: at('02-01') }, { verdict: 'client', who: [zorg] }],
    [
      'before anybody had it',
      moved,
      { occurredAt: new Date('2025-12-31T23:59:59Z') },
      { verdict: 'stranger', who: [] },
    ],
    ['two clients', [owner('Zorg'), owner('Acme')], {}, { verdict: 'ambiguous', who: [acme, zorg] }],
    [
      'two clients, the last contact only orders them',
      [owner('Acme', { lastContactAt: at('01-01') }), owner('Zorg', { lastContactAt: at('02-01') })],
      {},
      { verdict: 'ambiguous', who: [zorg, acme] },
    ],
    [
      'a person here, the client there: better evidence first, still no guess',
      [owner('Acme'), person('Zorg', 'Zoya')],
      {},
      { verdict: 'ambiguous', who: [['Zorg', 'Zoya', 'strong', 'person_address'], acme] },
    ],
    [
      'two clients, the responsible of one took it',
      [owner('Acme', { responsibleId: 'ivan' }), owner('Zorg', { responsibleId: 'olga' })],
      { takenBy: ['olga'] },
      { verdict: 'client', who: [zorg, acme] },
    ],
    [
      'two clients of the one who took it',
      [owner('Acme', { responsibleId: 'olga' }), owner('Zorg', { responsibleId: 'olga' })],
      { takenBy: ['olga'] },
      { verdict: 'ambiguous', who: [acme, zorg] },
    ],
    [
      'two clients of the one who took it, one planned',
      [owner('Acme', { responsibleId: 'olga' }), owner('Zorg', { responsibleId: 'olga', planned: true })],
      { takenBy: ['olga'] },
      { verdict: 'client', who: [zorg, acme] },
    ],
    [
      'two clients, one planned',
      [owner('Acme'), owner('Zorg', { planned: true })],
      {},
      { verdict: 'client', who: [zorg, acme] },
    ],
    [
      'two clients, the responsible of each talked',
      [owner('Acme', { responsibleId: 'ivan' }), owner('Zorg', { responsibleId: 'olga' })],
      { takenBy: ['olga', 'ivan'] },
      { verdict: 'ambiguous', who: [acme, zorg] },
    ],
    [
      'a shared number is never linked',
      [owner('Acme', { shared: true })],
      {},
      { verdict: 'ambiguous', who: [['Acme', null, 'weak', 'shared_address']] },
    ],
    [
      'a shared number, its responsible took it',
      [owner('Acme', { shared: true, responsibleId: 'olga' })],
      { takenBy: ['olga'] },
      { verdict: 'ambiguous', who: [['Acme', null, 'weak', 'shared_address']] },
    ],
    [
      'shared there, own here: it is the same number',
      [owner('Zorg', { shared: true }), owner('Acme')],
      {},
      {
        verdict: 'ambiguous',
        who: [
          ['Acme', null, 'weak', 'shared_address'],
          ['Zorg', null, 'weak', 'shared_address'],
        ],
      },
    ],
    [
      'only the domain',
      [owner('Acme', domain)],
      {},
      { verdict: 'ambiguous', who: [['Acme', null, 'weak', 'company_domain']] },
    ],
    [
      'the mailbox and the domain of one client',
      [owner('Acme', domain), person('Acme', 'Anna', { kind: 'email' })],
      {},
      { verdict: 'client', who: [['Acme', 'Anna', 'strong', 'person_address']] },
    ],
    [
      'the mailbox here, the domain there',
      [owner('Zorg', domain), person('Acme', 'Anna', { kind: 'email' })],
      {},
      {
        verdict: 'client',
        who: [
          ['Acme', 'Anna', 'strong', 'person_address'],
          ['Zorg', null, 'weak', 'company_domain'],
        ],
      },
    ],
    [
      'a reception is the client’s, whoever calls',
      [person('Acme', 'Anna', { reception: true }), person('Acme', 'Boris', { reception: true })],
      {},
      { verdict: 'client', who: [['Acme', null, 'strong', 'reception']] },
    ],
    [
      'the reception of a house with two clients in it',
      [owner('Acme', { reception: true }), owner('Zorg', { reception: true })],
      {},
      {
        verdict: 'ambiguous',
        who: [
          ['Acme', null, 'strong', 'reception'],
          ['Zorg', null, 'strong', 'reception'],
        ],
      },
    ],
    [
      'two companies of a group, one domain',
      [owner('Acme', domain), owner('Zorg', domain)],
      {},
      {
        verdict: 'ambiguous',
        who: [
          ['Acme', null, 'weak', 'company_domain'],
          ['Zorg', null, 'weak', 'company_domain'],
        ],
      },
    ],
    [
      'a domain below another: the nearer one first',
      [owner('Acme', domain), owner('Zorg', { kind: 'domain', address: 'kyiv.acme.example' })],
      {},
      {
        verdict: 'ambiguous',
        who: [
          ['Zorg', null, 'weak', 'company_domain'],
          ['Acme', null, 'weak', 'company_domain'],
        ],
      },
    ],
    ['a gateway is nobody’s', [owner('Acme')], { marks: [mark('gateway')] }, { verdict: 'stranger', who: [] }],
    ['somebody said: not a client', [], { marks: [mark('not_client')] }, { verdict: 'stranger', who: [] }],
    [
      'not a client, though in the domain of one',
      [owner('Acme', domain)],
      { marks: [mark('not_client')] },
      { verdict: 'stranger', who: [] },
    ],
    [
      'not a client, though the directory has the very number: a person decides',
      [person('Acme', 'Anna')],
      { marks: [mark('not_client')] },
      { verdict: 'ambiguous', who: [['Acme', 'Anna', 'weak', 'person_address']] },
    ],
    [
      'the domain is no client’s, the mailbox is',
      [person('Acme', 'Anna', { kind: 'email' })],
      { marks: [mark('not_client', true)] },
      { verdict: 'client', who: [['Acme', 'Anna', 'strong', 'person_address']] },
    ],
    [
      'a mark of another time says nothing',
      [owner('Acme')],
      { marks: [{ ...mark('gateway'), until: at('02-01') }] },
      { verdict: 'client', who: [acme] },
    ],
    [
      'the sender is not proven',
      [person('Acme', 'Anna', { kind: 'email', responsibleId: 'olga', planned: true })],
      { isClaimed: true, takenBy: ['olga'] },
      { verdict: 'ambiguous', who: [['Acme', 'Anna', 'weak', 'person_address']] },
    ],
    [
      'a number in the text of a stranger',
      [],
      { hints: [person('Acme', 'Anna')] },
      { verdict: 'ambiguous', who: [['Acme', null, 'weak', 'number_in_text']] },
    ],
    [
      'a number in the text of somebody who is known',
      [owner('Zorg')],
      { hints: [owner('Acme')] },
      { verdict: 'client', who: [zorg] },
    ],
    [
      'the domain here, a number in the text there',
      [owner('Acme', domain)],
      { hints: [owner('Acme'), owner('Zorg')] },
      {
        verdict: 'ambiguous',
        who: [
          ['Acme', null, 'weak', 'company_domain'],
          ['Zorg', null, 'weak', 'number_in_text'],
        ],
      },
    ],
    [
      'withheld, a number in what the fax station says',
      [],
      { refused: 'withheld', hints: [owner('Acme')] },
      { verdict: 'ambiguous', who: [['Acme', null, 'weak', 'number_in_text']] },
    ],
    [
      'a number in the text had another owner then',
      [],
      { hints: [owner('Acme', { until: at('02-01') })] },
      { verdict: 'stranger', who: [] },
    ],
    ['withheld, though somebody had it', [owner('Acme')], { refused: 'withheld' }, { verdict: 'stranger', who: [] }],
    ['our own number', [owner('Acme')], { refused: 'own_address' }, { verdict: 'stranger', who: [] }],
  ])('%s', (_story, owners, more, expected) => {
    expect(ask(owners, more)).toEqual(expected);
  });

  test('reasons are words a person understands', () => {
    const reasons = [
      [person('Acme', 'Anna')],
      [person('Acme', 'Anna', { kind: 'fax' }), person('Acme', 'Boris', { kind: 'fax' })],
      [owner('Acme', { kind: 'email', shared: true })],
      [owner('Acme', domain)],
    ].map((owners) => decideMatch(question(owners)).candidates[0]?.reason);
    expect(reasons).toEqual([
      'the number of Anna (Acme)',
      'the fax number of several people: Anna, Boris (Acme)',
      'a shared address, also of Acme',
      'a mailbox in the domain acme.example of Acme',
    ]);
    const tie = decideMatch(question([owner('Acme', { planned: true }), owner('Zorg')]));
    expect(tie.candidates[0]?.reason).toBe('the number of Acme; a contact with it was planned');
  });

  test('why nobody is proposed, and why what is proposed is not believed', () => {
    const because = (marks: readonly Mark[]) => {
      const match = decideMatch(question([], { marks }));
      return match.verdict === 'stranger' ? match.because : match.verdict;
    };
    expect([
      because([]),
      because([mark('never_capture')]),
      because([mark('never_capture'), mark('not_client')]),
      because([mark('not_client'), mark('gateway')]),
    ]).toEqual(['nobody', 'never_capture', 'not_client', 'gateway']);
    const [claimed] = decideMatch(question([owner('Acme', { kind: 'email' })], { isClaimed: true })).candidates;
    expect([claimed?.doubt, claimed?.reason]).toEqual([
      'claimed',
      'the address of Acme; the sender is not proven, anybody could have written in this name',
    ]);
  });

  test('the order in which owners are found changes nothing', () => {
    const any = fc.record({
      client: fc.constantFrom('A', 'B', 'C'),
      name: fc.constantFrom(null, 'x', 'y'),
      shared: fc.boolean(),
      planned: fc.boolean(),
      kind: fc.constantFrom('phone', 'domain'),
      responsibleId: fc.constantFrom(null, 'ivan', 'olga'),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 6 }), (drawn) => {
        // What is known of a client is the same in each of its points.
        const known = new Map(drawn.map((d) => [d.client, d]));
        const owners = drawn.map((d) =>
          owner(d.client, {
            kind: d.kind === 'phone' ? 'phone' : 'domain',
            shared: d.shared,
            person: d.name,
            personId: d.name && d.client + d.name,
            planned: known.get(d.client)?.planned ?? false,
            responsibleId: known.get(d.client)?.responsibleId ?? null,
          }),
        );
        const backwards = ask([...owners].reverse(), { takenBy: ['olga'] });
        expect(backwards).toEqual(ask(owners, { takenBy: ['olga'] }));
      }),
    );
  });
});

test.each([
  ['anna@acme.example', ['acme.example']],
  ['anna@mail.kyiv.acme.example', ['mail.kyiv.acme.example', 'kyiv.acme.example', 'acme.example']],
  ['anna@gmail.com', []],
  ['anna@ukr.net', []],
  ['anna@localhost', []],
  ['anna@acme.com.ua', ['acme.com.ua']],
  ['anna@com.ua', []],
] as const)('company domains of %s', (email, domains) => {
  expect(companyDomains(email)).toEqual(domains);
});
