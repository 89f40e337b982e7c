import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandPath, installDebian } from '../peers/machine.ts';
import type { GeneratedBox } from './generated-box.ts';

/** Mirrors mailboxes with mbsync (Debian: isync), each time into an empty Maildir. */
export interface Mirrors {
  /** @returns mails in the new mirror */
  mirror(box: GeneratedBox): Promise<number>;
  remove(): void;
}

/** @returns why it cannot be had, in one line, where it cannot */
export function openMirrors(): Mirrors | string {
  const reason = commandPath('mbsync') === null ? installDebian(['isync']) : null;
  const program = commandPath('mbsync');
  if (program === null) return `mbsync (Debian package isync) is not here: ${reason}`;
  const folder = mkdtempSync(join(tmpdir(), 'letopis-bench-mirror-'));
  let made = 0;
  return {
    async mirror(box) {
      const place = join(folder, String(made++));
      mkdirSync(place);
      writeFileSync(join(place, 'mbsyncrc'), configuration(place, box));
      await run(program, ['--config', join(place, 'mbsyncrc'), 'all']);
      return ['cur', 'new'].reduce((sum, inner) => sum + readdirSync(join(place, 'INBOX', inner)).length, 0);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Everything else as it is by default, fsync too. */
function configuration(place: string, { port, user }: GeneratedBox): string {
  return `IMAPAccount box
Host 127.0.0.1
Port ${port}
User ${user}
Pass secret
SSLType None
AuthMechs LOGIN

IMAPStore far
Account box

MaildirStore near
Path ${place}/
Inbox ${place}/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
Sync Pull
SyncState *
`;
}

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}: ${said}`)),
    );
  });
}
