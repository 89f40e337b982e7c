// A daemon with nothing but its database, to be killed: prints its URL, ends on SIGTERM, does not mind Ctrl+C.
import { silentLog } from '../../src/ops/log.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';

const [, , dataDir = ''] = process.argv;
try {
  const embedded = await startEmbedded({ dataDir, log: silentLog });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => void embedded.stop().then(() => process.exit(0)));
  process.stdout.write(`${JSON.stringify({ url: embedded.url })}\n`);
  setInterval(() => {}, 60_000);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: Object.assign({}, error) })}\n`);
  process.exit(1);
}
