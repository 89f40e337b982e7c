import type { SessionConnector } from '../../../src/connector/index.ts';

/** The suite gives every kind the options its own schema has made. */
export function untyped<Config>(connector: SessionConnector<Config>): SessionConnector<unknown> {
  const { config, mail, backfill } = connector;
  return {
    ...connector,
    config,
    run: (session) => connector.run({ ...session, config: config.parse(session.config) }),
    probe: (session) => connector.probe({ ...session, config: config.parse(session.config) }),
    ...(mail === undefined ? {} : { mail: (options) => mail(config.parse(options)) }),
    ...(backfill === undefined ? {} : { backfill: (past) => backfill({ ...past, config: config.parse(past.config) }) }),
  };
}
