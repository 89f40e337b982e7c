/** Asterisk Manager Interface: one link over which the exchange tells of its calls. What IT sets up: ./README.md */
import { defineSession } from '../../src/connector/index.ts';
import { AmiClient } from './client.ts';
import { Config } from './config.ts';
import { listen } from './listen.ts';

export const asteriskAmi = defineSession({
  kind: 'asterisk-ami',
  config: Config,

  run: listen,

  async probe({ config, signal }) {
    const client = await AmiClient.open(config, signal, () => {});
    try {
      await client.ask('Ping');
    } finally {
      client.close();
    }
  },
});
