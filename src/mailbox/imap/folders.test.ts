import { expect, test } from 'vitest';
import { chooseFolders, type Folder } from './folders.ts';

const folders: readonly Folder[] = [
  { path: 'INBOX', use: '\\Inbox' },
  { path: 'Gesendet', use: '\\Sent' },
  { path: 'Archiv', use: '\\Archive' },
  { path: 'Клиенты/2026', use: null },
  { path: 'Papierkorb', use: '\\Trash' },
  { path: '[Gmail]/All Mail', use: '\\All' },
];

test.each([
  [['INBOX', '\\Sent'], [], ['INBOX', 'Gesendet']],
  [['inbox', 'Sent'], [], ['INBOX', 'Gesendet']],
  [['Клиенты/2026', 'INBOX', 'INBOX'], [], ['Клиенты/2026', 'INBOX']],
  [['*'], [], ['INBOX', 'Gesendet', 'Archiv', 'Клиенты/2026']],
  [['*'], ['\\Archive', 'nowhere'], ['INBOX', 'Gesendet', 'Клиенты/2026']],
  [['*', '\\Trash'], [], ['INBOX', 'Gesendet', 'Archiv', 'Клиенты/2026', 'Papierkorb']],
])('%j without %j', (wanted, excludeFolders, expected) =>
  expect(chooseFolders(folders, { folders: wanted, excludeFolders })).toEqual(expected),
);

test('one that is not there', () =>
  expect(() => chooseFolders(folders, { folders: ['Sendt'], excludeFolders: [] })).toThrow(
    expect.objectContaining({
      code: 'imap.no_such_folder',
      remedy: 'reconfigure',
      facts: { folder: 'Sendt', cure: expect.stringContaining('Gesendet (\\Sent), Archiv (\\Archive), Клиенты/2026') },
    }),
  ));
