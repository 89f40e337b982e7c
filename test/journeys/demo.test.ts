import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { endAllPrograms, startProgram } from '../kit/program.ts';

const temporary = mkdtempSync(join(tmpdir(), 'letopis-demo-test-'));
afterAll(async () => {
  await endAllPrograms();
  rmSync(temporary, { recursive: true, force: true });
});

/** Programs that were started by the demo or work in its folder. */
function leftOf(folder: string): string[] {
  const list = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' });
  return list.split('\n').filter((line) => line.includes(folder) && !line.includes('ps -eo'));
}

test('a newcomer sees a link within seconds; Ctrl+C leaves nothing behind', async () => {
  const since = performance.now();
  const demo = startProgram(['demo', '--port', '0', '--language', 'ru'], { env: { TMPDIR: temporary } });
  const [, url] = await demo.line(/^listening on (http:\/\/\S+)$/);
  const [link] = await demo.line(/^http:\/\/\S+\/d\/[\w-]{43}$/);
  // Alone it takes some five seconds; here other suites run beside it.
  expect(performance.now() - since).toBeLessThan(30_000);
  expect(link.startsWith(`${url}/d/`)).toBe(true);
  expect((await fetch(link)).status).toBe(200);
  const mailbox = await (await fetch(`${url}/mailbox`)).text();
  expect(mailbox).toContain(link);
  const [, signIn] = await demo.line(/^sign in as .*: (http:\/\/\S+)$/);
  expect((await fetch(signIn ?? '')).status).toBe(200);
  expect(readdirSync(temporary).length).toBeGreaterThan(0);
  expect(leftOf(temporary).length).toBeGreaterThan(0); // its PostgreSQL
  expect(await demo.end('SIGINT')).toBe(0);
  expect(leftOf(temporary)).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
});

test('kill -9 leaves no PostgreSQL running', async () => {
  const demo = startProgram(['demo', '--port', '0'], { env: { TMPDIR: temporary } });
  await demo.line(/^listening on /);
  expect(await demo.end('SIGKILL')).toBe('SIGKILL');
  await expect.poll(() => leftOf(temporary), { timeout: 30_000 }).toEqual([]);
});
