import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/ops/clock.ts';
import { silentLog } from '../../src/ops/log.ts';
import { describePeer } from '../../test/kit/peer.ts';
import { type ScriptedAmi, secret, startScriptedAmi, username } from '../../test/kit/scripted-ami.ts';
import { office } from '../../test/kit/session.ts';
import { Config } from './config.ts';
import { asteriskAmi } from './connector.ts';

describePeer('openssl', 'an exchange that encrypts', (openssl) => {
  test.each([
    ['its own certificate given', 'localhost', (cert: string) => ({ ca: cert }), null],
    ['any certificate taken', 'elsewhere.example', () => ({ insecure: true }), null],
    ['an unknown authority', 'localhost', () => true, { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
    [
      'the certificate of another host',
      'elsewhere.example',
      (cert: string) => ({ ca: cert }),
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    ],
  ] as const)('%s', async (_story, certified, tls, refusal) => {
    const { key, cert } = certificate(openssl, certified);
    const exchange = await startScriptedAmi({ tls: { key, cert } });
    try {
      const answer = probe(exchange, tls(cert));
      if (refusal === null) await expect(answer).resolves.toBeUndefined();
      else {
        const facts = { ...refusal, cure: expect.stringContaining('tls.ca') };
        await expect(answer).rejects.toMatchObject({ code: 'ami.tls_refused', remedy: 'reconfigure', facts });
      }
      const sent = refusal === null ? ['Challenge', 'Login', 'Ping'] : [];
      expect(exchange.actions.map(({ Action }) => Action)).toEqual(sent);
    } finally {
      await exchange.stop();
    }
  });
});

function probe({ port }: ScriptedAmi, tls: unknown): Promise<void> {
  const config = Config.parse({ host: 'localhost', port, username, secret, tls });
  const { signal } = new AbortController();
  return asteriskAmi.probe({ config, clock: systemClock, log: silentLog, signal, office });
}

/** Made for this test, valid for a day. */
function certificate(openssl: string, host: string): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', `/CN=${host}`];
    const names = ['-addext', `subjectAltName=DNS:${host}`, '-keyout', key, '-out', cert];
    execFileSync(openssl, [...made, ...names], { stdio: 'ignore' });
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
