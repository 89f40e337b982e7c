import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Fault } from '../core/fault.ts';
import { createLog, withoutPassword } from './log.ts';
import { prettyLine } from './pretty.ts';

function logged(pretty: boolean, write: (log: ReturnType<typeof createLog>) => void): string {
  const destination = new PassThrough();
  write(createLog({ level: 'info', pretty, destination }));
  return String(destination.read() ?? '');
}

describe('JSON', () => {
  test('the event is the message, fields beside it, time in ISO', () => {
    const line: unknown = JSON.parse(
      logged(false, (log) => log.info({ contact: 'c1', channel: 'call' }, 'match.decided')),
    );
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      contact: 'c1',
      channel: 'call',
      msg: 'match.decided',
    });
  });

  test('below the level nothing is written', () => {
    expect(logged(false, (log) => log.debug('frame.read'))).toBe('');
  });

  test.each([
    ['a secret', { secret: 'hunter2' }],
    ['a password inside the configuration', { config: { auth: { password: 'hunter2' } } }],
    ['a token', { token: 'hunter2' }],
    ['a URL', { url: 'postgres://letopis:hunter2@db/letopis' }],
    ['a URL whose password should have been escaped', { url: 'postgres://letopis:a/b@hunter2@db/letopis' }],
    ['a fault with a URL in its facts', { err: new Fault('a.b', 'retry', { url: 'redis://:hunter2@host' }) }],
    ['an error with a URL in its cause', { err: new Fault('a.b', 'retry', {}, new Error('at smtp://u:hunter2@mx')) }],
  ])('%s is hidden', (_story, fields) => {
    const line = logged(false, (log) => log.warn(fields, 'x'));
    expect(line).not.toContain('hunter2');
    expect(line).toContain('"msg":"x"');
  });

  test('an error keeps code, remedy, facts and the chain of causes', () => {
    const err = new Fault('ami.connection_lost', 'retry', { host: 'pbx' }, new Error('reset'));
    const line: unknown = JSON.parse(logged(false, (log) => log.warn({ err }, 'connector.session_lost')));
    expect(line).toMatchObject({
      err: {
        type: 'Fault',
        message: 'ami.connection_lost',
        remedy: 'retry',
        facts: { host: 'pbx' },
        cause: { message: 'reset' },
      },
    });
  });
});

describe('for a terminal', () => {
  const bare = (line: string) => line.replace(/\u001b\[\d+m/g, '');

  test('one line: time, level, event, fields', () => {
    const line =
      '{"level":"warn","time":"2026-11-22T12:00:01.000Z","connector":"pbx","attempt":2,"msg":"connector.lost"}';
    expect(bare(prettyLine(line))).toBe('12:00:01 warn  connector.lost connector=pbx attempt=2');
  });

  test('a name from outside cannot steer the terminal', () => {
    const line = JSON.stringify({ level: 'info', time: '2026-11-22T12:00:01Z', name: 'a\u001b[2Jb\r\nc', msg: 'x' });
    expect(bare(prettyLine(line))).toBe('12:00:01 info  x name=a [2Jb c');
  });

  test('nor can the message of a bug: it stays on its line, its stack below', () => {
    const message = 'no such thing: \u001b[2J\n12:00:02 info  session.began';
    const err = { type: 'Error', message, stack: `Error: ${message}\n    at work (file.ts:1:2)\u001b[8m` };
    const lines = bare(prettyLine(JSON.stringify({ level: 'error', time: '2026-11-22T12:00:01Z', err, msg: 'x' })));
    expect(lines.split('\n')).toEqual([
      '12:00:01 error x no such thing:  [2J 12:00:02 info  session.began ',
      '    at work (file.ts:1:2) [8m',
    ]);
  });

  test('what is not JSON stands as it is', () => expect(prettyLine('oops')).toBe('oops'));
});

test.each([
  ['connect to postgres://u:p@h/d, then amqp://x:y@z', 'connect to postgres://u:***@h/d, then amqp://x:***@z'],
  ['"smtp://u:p/w@d@h:25"', '"smtp://u:***@h:25"'],
  ['redis://:secret@h', 'redis://:***@h'],
  ['http://h:80/a', 'http://h:80/a'],
  ['call a@b: 10:20', 'call a@b: 10:20'],
  ['ldap://cn@h:389', 'ldap://cn@h:389'],
])('passwords are hidden: %s', (text, shown) => expect(withoutPassword(text)).toBe(shown));

test('a long text of an outsider costs its length', () => {
  const long = 'a://b:'.repeat(100_000);
  expect(withoutPassword(long)).toBe(long);
});
