import type { WebhookConnector, WebhookRequest } from '../../../src/connector/index.ts';
import type { WebhookRig } from './rig.ts';

type Sent = Pick<WebhookRequest, 'headers'> & { readonly body: string };

/** A source that puts its secret into the address: `?token=rig-secret`. */
export function tokenRig<Config>(
  connector: WebhookConnector<Config>,
  options: Readonly<Record<string, unknown>>,
  tell: (n: number) => Sent,
  unreadable: Sent,
): WebhookRig {
  const config = connector.config.parse(options);
  const request = ({ headers, body }: Sent, token: string): WebhookRequest => ({
    method: 'POST',
    path: '',
    query: { token },
    headers,
    body: Buffer.from(body),
    receivedAt: new Date('2026-03-02T09:04:00Z'),
    connector: connector.kind,
    exchange: connector.kind,
  });
  return {
    shape: 'webhook',
    connector: { ...connector, read: (one, _config, office) => connector.read(one, config, office) },
    config,
    request: (n) => request(tell(n), 'rig-secret'),
    forged: (n) => request(tell(n), 'other-secret'),
    unreadable: () => request(unreadable, 'rig-secret'),
  };
}
