import { readFileSync } from 'node:fs';
import { nearest } from '../../config/nearest.ts';
import type { Config, Finding, Table } from '../../config.ts';
import { Fault } from '../../core/fault.ts';
import { type ClientRow, readClients } from '../../directory/files/clients.ts';
import { decideSubstitutes, isCalled } from '../../directory/files/import-people.ts';
import { type EmployeeRow, type FileRead, type ReadOptions, readPeople } from '../../directory/files/people.ts';

/** Makes findings: `inYaml` at a path of the YAML, `inFile` at a line of a CSV file. */
export interface Places {
  inYaml(level: Finding['level'], path: readonly (string | number)[], message: string): Finding;
  showFile(file: string): string;
}

/**
 * The CSV files the YAML names: can they be read, which rows would be left out, and do the names in the YAML and in the
 * files lead to people? An office with nobody and substitutes in a circle are refused: every draft must find its one owner.
 */
export function checkTables(config: Config, places: Places): readonly Finding[] {
  const nobody =
    'expected the file of the employees, such as ./people.csv, or ldap: every draft needs an owner, found nobody';
  const people = config.people === null ? null : readTable('people', config.people, readPeople, config, places);
  const clients = config.clients.flatMap((source, index) => {
    if (source.reads.kind !== 'file') return [];
    const columns = { ...source.columns, ...(source.key === null ? {} : { key: source.key }) };
    const table = { file: source.reads.file, columns };
    const path = config.clients.length === 1 ? ['clients'] : ['clients', index];
    return [{ file: table.file, ...readTable('clients', table, readClients, config, places, path) }];
  });
  const noDuty = 'not set, what nobody owns goes to the first supervisor, else to the first person';
  const noBucket = 'expected a folder such as ./data/files: s3:// cannot be had yet';
  const found = [
    ...(config.files.kind === 's3' ? [places.inYaml('error', ['files'], noBucket)] : []),
    ...(config.office.duty === null ? [places.inYaml('warning', ['office', 'duty'], noDuty)] : []),
    ...(people?.findings ?? (config.ldap === null ? [places.inYaml('error', ['people'], nobody)] : [])),
    ...clients.flatMap(({ findings }) => findings),
  ];
  // Names that are not in the file may be those of accounts: only the service could tell.
  if (!people?.rows || config.ldap !== null) return found;
  const named = clients.flatMap(({ file, rows }) => (rows ?? []).map((row) => ({ ...row, file })));
  return [...found, ...compareNames(config, people.rows, named, places)];
}

interface Checked<Row> {
  /** Null: the file as a whole could not be read. */
  readonly rows: readonly Row[] | null;
  readonly findings: readonly Finding[];
}

function readTable<Row>(
  section: 'people' | 'clients',
  table: Table,
  reader: (content: Uint8Array, options: ReadOptions) => FileRead<Row>,
  config: Config,
  { inYaml, showFile }: Places,
  path: readonly (string | number)[] = [section],
): Checked<Row> {
  const file = showFile(table.file);
  const inFile = (level: Finding['level'], line: number, path: string, message: string): Finding => {
    return { level, file, line, column: 1, path, message };
  };
  let content: Uint8Array;
  try {
    content = readFileSync(table.file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { rows: null, findings: [inYaml('error', path, `expected the readable file ${file} (${code})`)] };
  }
  try {
    const read = reader(content, { file, columns: table.columns, region: config.office.country });
    const { rejected, notes, broken, rows } = read;
    const findings = [
      ...notes.map((note) => inFile('warning', 1, '', note)),
      ...rejected.map(({ line, column, value, reason }) => {
        // Without him nobody would be asked; a client left out is shown and can wait.
        const level = section === 'people' && column === null ? 'error' : 'warning';
        return inFile(level, line, column ?? '', `${reason}${value === '' ? '' : `, found ${JSON.stringify(value)}`}`);
      }),
      ...(broken === null ? [] : [inFile('error', broken.line, '', broken.reason)]),
    ];
    return { rows, findings };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { column, header, headers } = error.facts;
    const there = Array.isArray(headers) ? headers.join(', ') : '';
    const expected = typeof header === 'string' ? `the column ${header} (for ${String(column)})` : 'a column name';
    const message = `expected ${expected} in the first line, found ${there || 'nothing'}`;
    return { rows: null, findings: [inFile('error', 1, '', message)] };
  }
}

function compareNames(
  config: Config,
  people: readonly EmployeeRow[],
  clients: readonly (ClientRow & { readonly file: string })[],
  { inYaml, showFile }: Places,
): Finding[] {
  const peopleFile = showFile(config.people?.file ?? '');
  if (people.length === 0)
    return [inYaml('error', ['people'], `expected at least one person in ${peopleFile}: every draft needs an owner`)];
  const calls = people.flatMap(({ name, email }) => (email === null ? [name] : [name, email]));
  const isKnown = (who: string) => people.some((one) => isCalled(one, who));
  const unknown = (who: string) => {
    const meant = nearest(who, calls);
    const hint = meant === undefined ? '' : `, did you mean ${meant}?`;
    return `expected the name, address or extension of a person in ${peopleFile}, found ${JSON.stringify(who)}${hint}`;
  };
  const { duty } = config.office;
  const found: Finding[] = [];
  if (duty !== null && !isKnown(duty)) found.push(inYaml('error', ['office', 'duty'], unknown(duty)));
  config.connectors.forEach(({ defaultOwner }, index) => {
    if (defaultOwner !== null && !isKnown(defaultOwner))
      found.push(inYaml('error', ['connectors', index, 'defaultOwner'], unknown(defaultOwner)));
  });
  for (const { line, value, reason } of decideSubstitutes(people, []).rejected) {
    const message = isKnown(value) ? `${reason}, found ${JSON.stringify(value)}` : unknown(value);
    found.push({ level: 'error', file: peopleFile, line, column: 1, path: 'substitute', message });
  }
  for (const { line, responsible, file } of clients)
    if (responsible !== null && !isKnown(responsible))
      found.push({
        level: 'warning',
        file: showFile(file),
        line,
        column: 1,
        path: 'responsible',
        message: unknown(responsible),
      });
  return found;
}
