import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { afterAll } from 'vitest';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

/** A real Chromium for one test file. Each context is a fresh phone: 360×640, no cookies. */
export async function openBrowser() {
  const home = await mkdtemp(path.join(os.tmpdir(), 'letopis-chromium-'));
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: flags,
    env: { ...process.env, HOME: home },
  });
  afterAll(async () => {
    await browser.close();
    await rm(home, { recursive: true, force: true });
  });
  return {
    phone: (options: BrowserContextOptions = {}): Promise<BrowserContext> =>
      browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'ru-RU', ...options }),
  };
}
