// try-production.mjs WORK: tries the production tree WORK/app as its image would run it: as an unprivileged user, on a
// tree that user cannot write, with one writable folder for data. The last line is `N passed, N failed, N skipped`.
import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  chownSync,
  constants,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const work = process.argv[2];
if (!work) throw new Error('usage: try-production.mjs WORK');
const root = fileURLToPath(new URL('..', import.meta.url));
const app = join(work, 'app');
const data = join(work, 'data');
const user = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {}; // who is not root is unprivileged already
const options = {
  cwd: data,
  env: { PATH: process.env.PATH, HOME: data, NODE_ENV: 'production', TZ: 'Europe/Kyiv' },
  ...user,
};
const program = [join(app, 'dist/src/main.js')];
const counts = { passed: 0, failed: 0 };

mkdirSync(data);
if (user.uid) chownSync(data, user.uid, user.gid);
copyFileSync(join(root, 'test/recordings/22/inbound-answered.crm.ami'), join(data, 'answered.ami'));
const port = await freePort();
writeFileSync(join(data, 'letopis.yml'), configuration(port));
writeFileSync(
  join(data, 'people.csv'),
  'name,extension,email,role\nAnna Petrova,101,anna@romashka.example,supervisor\n',
);
writeFileSync(join(data, 'broken.yml'), 'office: { nmae: X }\n');

await attempt('the tree cannot be written', () => {
  const { status } = spawnSync(
    'sh',
    ['-c', `touch ${app}/x || touch ${app}/dist/src/main.js || touch ${app}/node_modules/x`],
    {
      ...options,
      stdio: 'ignore',
    },
  );
  if (status === 0) throw new Error('the unprivileged user could write into the tree');
});
await attempt('no development dependency is in it', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  // Types are no programs: packages of ours name them as their own dependencies.
  const programs = Object.keys(devDependencies).filter((name) => !name.startsWith('@types/'));
  const there = programs.filter((name) => isThere(join(app, 'node_modules', name)));
  if (there.length > 0) throw new Error(there.join(', '));
});
await attempt('letopis --version', () => {
  const { version } = JSON.parse(readFileSync(join(app, 'package.json'), 'utf8'));
  const said = letopis(0, '--version');
  if (!said.includes(version)) throw new Error(`said ${said}`);
});
await attempt('letopis calls', () => {
  const call = JSON.parse(letopis(0, 'calls', 'answered.ami', '--json'));
  if (call.outcome !== 'answered' || call.caller !== '79031112233') throw new Error(JSON.stringify(call));
});
await attempt('letopis check', () => letopis(0, 'check', '--config', 'letopis.yml'));
await attempt('letopis check refuses a broken configuration', () => letopis(78, 'check', '--config', 'broken.yml'));
await attempt('letopis run: starts, is healthy, ends on SIGTERM', async () => {
  const daemon = start('run', '--config', 'letopis.yml');
  try {
    await until(daemon, 60, () => healthy(port));
    const check = JSON.parse(/HEALTHCHECK[\s\S]*?CMD (\[.*\])/.exec(readFileSync(join(root, 'Dockerfile'), 'utf8'))[1]);
    const [, ...words] = check.map((word) => word.replace(':8080/', `:${port}/`));
    if (spawnSync(process.execPath, words, options).status !== 0) throw new Error("the image's health check fails");
  } finally {
    await end(daemon);
  }
});
await attempt('letopis demo: shows its pages, ends on SIGTERM', async () => {
  const demo = start('demo');
  try {
    await until(demo, 60, async () => {
      const url = /listening on (http:\/\/\S+)/.exec(demo.said())?.[1];
      return url !== undefined && (await fetch(url)).status < 500;
    });
  } finally {
    await end(demo);
  }
});
console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped`);
process.exitCode = counts.failed > 0 ? 1 : 0;

async function attempt(name, work) {
  try {
    await work();
    counts.passed += 1;
    console.log(`passed: ${name}`);
  } catch (error) {
    counts.failed += 1;
    console.log(`FAILED: ${name}: ${error.message}`);
  }
}

/** Runs a command to its end; throws unless it ends with `code`. */
function letopis(code, ...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...program, ...words], {
    ...options,
    encoding: 'utf8',
    timeout: 30_000,
  });
  if (status !== code) throw new Error(`exit code ${status} instead of ${code}: ${stderr.trim() || stdout.trim()}`);
  return stdout;
}

function start(...words) {
  const child = spawn(process.execPath, [...program, ...words], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
  }
  const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));
  return { child, ended, said: () => said };
}

async function until({ child, said }, seconds, reached) {
  for (let tries = 0; tries < seconds * 5; tries++) {
    if (await reached().catch(() => false)) return;
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${said().slice(-2000)}`);
    await sleep(200);
  }
  throw new Error(`was not ready after ${seconds} s: ${said().slice(-2000)}`);
}

/** SIGTERM, as `docker stop` sends it; nothing may be left running. */
async function end({ child, ended, said }) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const code = await Promise.race([ended, sleep(20_000, 'timeout')]);
  if (code === 'timeout') child.kill('SIGKILL');
  if (code !== 0) throw new Error(`SIGTERM ended it with ${code}: ${said().slice(-2000)}`);
  const left = processesOf(data);
  if (left.length > 0) throw new Error(`left running: ${left.join('; ')}`);
}

function processesOf(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return words.includes(`${folder}/`) && !words.includes('try-production') ? [`${pid} ${words}`] : [];
      } catch {
        return []; // it ended meanwhile
      }
    });
}

async function healthy(at) {
  return (await fetch(`http://127.0.0.1:${at}/livez`)).ok && (await fetch(`http://127.0.0.1:${at}/readyz`)).ok;
}

function isThere(path) {
  try {
    accessSync(path, constants.F_OK);
    return true;
  } catch {
    return false;
  }
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address();
      server.close(() => resolve(free));
    });
  });
}

function configuration(at) {
  return [
    'office: { name: Ромашка, country: UA, timezone: Europe/Kyiv, language: uk, hours: { mon-fri: "09:00-18:00" } }',
    `dataDir: ${join(data, 'letopis')}`,
    `web: { listen: "127.0.0.1:${at}", publicUrl: "http://127.0.0.1:${at}" }`,
    'people: ./people.csv',
    '',
  ].join('\n');
}
