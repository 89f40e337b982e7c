import type { Config, Finding } from '../../config.ts';
import type { Connector } from '../../connector/connector.ts';
import { Fault } from '../../core/fault.ts';
import { findEntries } from '../../directory/ldap/search.ts';
import { systemClock } from '../../ops/clock.ts';
import { createLog } from '../../ops/log.ts';
import { readSource } from '../../sources/reading/read.ts';
import { faultLine } from '../base/output.ts';

/** Longer than any login we know, shorter than a person's patience. */
const patienceMs = 15_000;

type Registry = Readonly<Record<string, Connector<unknown>>>;

/** Logs in to every source that is logged in to, all at once; one finding per source that refused. */
export async function probeConnectors(config: Config, registry: Registry, file: string): Promise<Finding[]> {
  const log = createLog({ level: 'silent', pretty: false, destination: process.stderr });
  // Nobody calls during a probe.
  const office = { extensions: config.own.extensions, isColleague: () => false, mail: { domains: config.own.domains } };
  const refusals = config.connectors.map(async ({ kind, options, name, position }, index): Promise<Finding[]> => {
    const connector = registry[kind];
    if (connector?.shape !== 'session') return [];
    const signal = AbortSignal.timeout(patienceMs);
    try {
      await connector.probe({ config: options, clock: systemClock, log, signal, office });
      return [];
    } catch (error) {
      const why = signal.aborted ? `no answer within ${patienceMs / 1000} s` : told(error);
      const message = `expected ${name} to let us in: ${why}`;
      return [{ level: 'error', file, ...position, path: `connectors[${index}]`, message }];
    }
  });
  return (await Promise.all([...refusals, probeLdap(config, file)])).flat();
}

/** Reads every source of clients that is not a file of this machine; one finding per source that cannot be read. */
export async function probeSources(
  config: Config,
  inYaml: (level: Finding['level'], path: readonly (string | number)[], message: string) => Finding,
): Promise<Finding[]> {
  const refusals = config.clients.map(async (source, index): Promise<Finding[]> => {
    if (source.reads.kind === 'file') return [];
    const path = config.clients.length === 1 ? ['clients'] : ['clients', index];
    try {
      const read = await readSource({ source, region: config.office.country, known: null });
      if (read === 'same' || read.rows.length > 0) return [];
      return [inYaml('warning', path, `${source.name} answers, but gives no clients`)];
    } catch (error) {
      return [inYaml('error', path, `expected ${source.name} to be readable: ${told(error)}`)];
    }
  });
  return (await Promise.all(refusals)).flat();
}

async function probeLdap({ ldap }: Config, file: string): Promise<Finding[]> {
  if (ldap === null) return [];
  try {
    const { entries } = await findEntries(ldap);
    if (entries.length > 0) return [];
    return [
      {
        level: 'error',
        file,
        ...start,
        path: 'ldap',
        message: 'expected people under base that filter lets through, found nobody',
      },
    ];
  } catch (error) {
    return [
      { level: 'error', file, ...start, path: 'ldap', message: `expected ${ldap.url} to let us in: ${told(error)}` },
    ];
  }
}

/** Sections have no place of their own in a checked configuration. */
const start = { line: 1, column: 1 };

function told(error: unknown): string {
  if (error instanceof Fault) return faultLine(error);
  return error instanceof Error ? error.message : String(error);
}
