import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import type { Span } from '../core/time/calendar.ts';
import { resolveSources } from './clients.ts';
import type { Config, Table } from './model.ts';
import type { File } from './sections.ts';
import { defaultRules } from './service.ts';

type Written = z.output<typeof File>;

/** What was read, put into the form the daemon works with: paths against the YAML file, left out is null. */
export function resolveConfig(file: string, written: Written, connectors: Config['connectors']): Config {
  const folder = dirname(file);
  const { office, web, mail, own, prompts } = written;
  const dataDir = resolve(folder, written.dataDir);
  const files = written.files ?? { kind: 'folder', path: join(dataDir, 'files') };
  return {
    file,
    dataDir,
    office: {
      name: office.name,
      country: office.country ?? null,
      timezone: office.timezone,
      language: office.language,
      calendar: {
        zone: office.timezone,
        week: office.hours.week,
        // A day that stands in `hours` by its date is worked even if it is a holiday too: the more exact word wins.
        exceptions: new Map<string, readonly Span[]>([...office.holidays.map(dayOff), ...office.hours.days]),
      },
      duty: office.duty ?? null,
    },
    database: written.database,
    queue: written.queue,
    files: files.kind === 'folder' ? { ...files, path: resolve(folder, files.path) } : files,
    web: {
      host: web.listen.host,
      port: web.listen.port,
      publicUrl: web.publicUrl === undefined ? null : withoutBase(web.publicUrl.replace(/\/+$/, ''), web.basePath),
      trustProxy: web.trustProxy,
      basePath: web.basePath,
    },
    mail: mail ?? null,
    own,
    people: table(written.people, folder),
    ldap: ldap(written.ldap, folder),
    clients: resolveSources(written.clients, folder),
    occasions: written.occasions,
    service: written.service ?? defaultRules,
    prompts: { ...prompts, quiet: prompts.quiet ?? null },
    crm: written.crm,
    connectors,
    log: written.log,
  };
}

/** People write the path of the proxy in either or both. */
function withoutBase(url: string, basePath: string): string {
  return basePath !== '' && url.endsWith(basePath) ? url.slice(0, -basePath.length) : url;
}

function dayOff(day: string): [string, readonly Span[]] {
  return [day, []];
}

function ldap(written: Written['ldap'], folder: string): Config['ldap'] {
  if (written === undefined) return null;
  const { url, startTls, insecure: _insecure, ca, groups, every, ...source } = written;
  return {
    ...source,
    url,
    tls: url.startsWith('ldaps:') ? 'ldaps' : startTls ? 'starttls' : 'none',
    ca: ca === undefined ? null : resolve(folder, ca),
    groups: { supervisor: groups.supervisor ?? null, it: groups.it ?? null },
    everyMs: every * 60_000,
  };
}

function table(written: Written['people'], folder: string): Table | null {
  if (written === undefined) return null;
  const { file, columns } = typeof written === 'string' ? { file: written, columns: {} } : written;
  const named = Object.entries(columns).flatMap(([field, header]) =>
    typeof header === 'string' ? [[field, header] as const] : [],
  );
  return { file: resolve(folder, file), columns: Object.fromEntries(named) };
}
