import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is, null when this machine has none. */
export function commandPath(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** Why packages may not be installed here; null when they may. */
function installRefused(): string | null {
  if (commandPath('apt-get') === null) return 'this machine has no apt-get';
  return process.getuid?.() === 0 ? null : 'only root may install it';
}

let updated = false;

/**
 * Installs Debian packages without starting their services: tests start private instances.
 *
 * @returns null when they are installed, else the reason in one line
 */
export function installDebian(packages: readonly string[]): string | null {
  const refused = installRefused();
  if (refused !== null) return refused;
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    if (!updated) {
      const failure = apt('update');
      if (failure !== null) return failure;
      updated = true;
    }
    return apt('install', '-y', '--no-install-recommends', ...packages);
  } finally {
    if (ours) rmSync(policy);
  }
}

function apt(...words: string[]): string | null {
  const { status, stderr, error } = spawnSync('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...words], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 300_000,
  });
  if (status === 0) return null;
  const said = error?.message ?? stderr.trim().split('\n').at(-1) ?? '';
  return `apt-get ${words[0]} failed: ${said}`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
