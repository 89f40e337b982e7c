// Builds dist/: the compiler's output and the files it does not carry (SQL, styles, recordings and a fax of the demo).
// Run by `npm ci` through "prepare"; without the compiler (a production install) it keeps the dist that is there.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const compiler = at('./node_modules/typescript/bin/tsc');
if (!existsSync(compiler)) {
  if (existsSync(at('./dist/src/main.js'))) process.exit(0);
  console.error('build: typescript is not installed and dist/ is missing; run `npm ci` with development dependencies');
  process.exit(1);
}
rmSync(at('./dist'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', at('./tsconfig.build.json')], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
for (const folder of ['src/store/migrations', 'src/web/assets', 'src/demo/recordings', 'src/demo/mails']) {
  if (existsSync(at(`./${folder}`))) cpSync(at(`./${folder}`), at(`./dist/${folder}`), { recursive: true });
}
chmodSync(at('./dist/src/main.js'), 0o755);
