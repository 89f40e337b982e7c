import { type Db, type Query, splice, sql } from '../base/db.ts';
import { type PageWish, pageOf } from './page.ts';

/** The directory as other programs see it. Times are text, to the microsecond. */
export interface ApiPoint {
  readonly id: string;
  readonly clientId: string | null;
  readonly personId: string | null;
  readonly kind: 'phone' | 'email' | 'fax' | 'domain';
  readonly address: string;
  readonly raw: string;
  readonly since: string | null;
  readonly until: string | null;
  readonly mobile: boolean;
  readonly shared: boolean;
  readonly reception: boolean;
  readonly gateway: boolean;
  readonly neverCapture: boolean;
  readonly updatedAt: string;
}

export interface ApiClient {
  readonly id: string;
  /** By which the asking program knows it. */
  readonly key: string | null;
  readonly name: string;
  readonly kind: 'organisation' | 'private';
  readonly class: string | null;
  readonly note: string | null;
  readonly responsibleId: string | null;
  readonly state: 'active' | 'merged' | 'removed';
  readonly mergedInto: string | null;
  readonly points: readonly ApiPoint[];
  readonly updatedAt: string;
}

export interface ApiPerson {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
  readonly post: string | null;
  readonly since: string | null;
  readonly until: string | null;
  readonly state: 'active' | 'removed';
  readonly points: readonly ApiPoint[];
  readonly updatedAt: string;
}

/** Columns of a contact point `k`. */
const pointColumns: Query = {
  text: `k.id, k.client_id as "clientId", k.person_id as "personId", k.kind, k.address, k.raw,
         nullif(instant(k.since), '-infinity') as since, nullif(instant(k.until), 'infinity') as until,
         k.mobile, k.shared, k.reception, k.gateway, k.never_capture as "neverCapture", instant(k.updated_at) as "updatedAt"`,
  values: [],
};

/** Those of the owner that count now or will, as a JSON list. */
function pointsOfOwner(owner: 'k.client_id = cl.id' | 'k.person_id = p.id'): Query {
  const own: Query = { text: owner, values: [] };
  return splice`(select coalesce(jsonb_agg(to_jsonb(x) order by x.kind, x.address, x.id), '[]')
                   from (select ${pointColumns} from contact_point k where ${own} and k.until > now() and k.since < k.until) x)`;
}

function clients(source: string): Query {
  return splice`
    select cl.id, y.key, cl.name, cl.kind, cl.class, cl.note, cl.responsible_id as "responsibleId",
           case when cl.merged_into is not null then 'merged' when cl.removed_at is not null then 'removed' else 'active' end as state,
           cl.merged_into as "mergedInto", ${pointsOfOwner('k.client_id = cl.id')} as points, instant(cl.updated_at) as "updatedAt"
      from client cl left join client_key y on y.client_id = cl.id and y.source = ${source}`;
}

export interface ClientsWish extends PageWish {
  readonly source: string;
  readonly state: ApiClient['state'] | 'all';
  readonly updatedSince: Date | null;
  /** Normalised: one of its own or of its people's, at any time. */
  readonly address: string | null;
  readonly name: string | null;
}

const clientStates: Readonly<Record<ClientsWish['state'], Query[]>> = {
  all: [],
  active: [sql`cl.merged_into is null and cl.removed_at is null`],
  merged: [sql`cl.merged_into is not null`],
  removed: [sql`cl.merged_into is null and cl.removed_at is not null`],
};

export function apiClients(db: Db, wish: ClientsWish): Promise<ApiClient[]> {
  const { source, state, updatedSince, address, name } = wish;
  const pattern = `%${(name ?? '').replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  const conditions = [
    ...clientStates[state],
    ...(updatedSince === null ? [] : [sql`cl.updated_at >= ${updatedSince}`]),
    ...(name === null ? [] : [sql`cl.name ilike ${pattern}`]),
    ...(address === null
      ? []
      : [
          sql`cl.id in (select coalesce(a.client_id, w.client_id) from contact_point a left join person w on w.id = a.person_id
                         where a.address = ${address} and a.since < a.until)`,
        ]),
  ];
  return pageOf(db, clients(source), 'cl', conditions, wish);
}

/** Whatever its state; null: there never was one. */
export async function apiClient(db: Db, source: string, id: string): Promise<ApiClient | null> {
  const [row] = await db.rows<ApiClient>(splice`${clients(source)} where cl.id = ${id}`);
  return row ?? null;
}

/**
 * The client a program knows by this key; of merged ones the one that stands, and that it is another one. Null: it knows none
 * so.
 */
export async function clientByKey(
  db: Db,
  source: string,
  key: string,
): Promise<{ readonly id: string; readonly isMerged: boolean } | null> {
  const [row] = await db.rows<{ id: string; isMerged: boolean }>(sql`
    with recursive way as (
      select c.id, c.merged_into, 0 as step from client_key y join client c on c.id = y.client_id
       where y.source = ${source} and y.key = ${key}
      union all select c.id, c.merged_into, way.step + 1 from way join client c on c.id = way.merged_into where way.step < 20
    )
    select id, step > 0 as "isMerged" from way order by step desc limit 1`);
  return row ?? null;
}

/** From now on the program knows the client by this key. False: it knows it, or another, by another one. */
export async function giveKey(db: Db, source: string, key: string, clientId: string): Promise<boolean> {
  const rows = await db.rows(sql`
    insert into client_key (source, key, client_id) values (${source}, ${key}, ${clientId}) on conflict do nothing returning 1`);
  return rows.length > 0;
}

const people = splice`
    select p.id, p.client_id as "clientId", p.name, p.post, p.since, p.until,
           case when p.removed_at is null then 'active' else 'removed' end as state,
           ${pointsOfOwner('k.person_id = p.id')} as points, instant(p.updated_at) as "updatedAt"
      from person p`;

export interface PeopleWish extends PageWish {
  readonly clientId: string | null;
  readonly state: ApiPerson['state'] | 'all';
  readonly updatedSince: Date | null;
  readonly address: string | null;
}

export function apiPeople(db: Db, wish: PeopleWish): Promise<ApiPerson[]> {
  const { clientId, state, updatedSince, address } = wish;
  const conditions = [
    ...(clientId === null ? [] : [sql`p.client_id = ${clientId}`]),
    ...(state === 'all' ? [] : [state === 'active' ? sql`p.removed_at is null` : sql`p.removed_at is not null`]),
    ...(updatedSince === null ? [] : [sql`p.updated_at >= ${updatedSince}`]),
    ...(address === null
      ? []
      : [sql`p.id in (select a.person_id from contact_point a where a.address = ${address} and a.since < a.until)`]),
  ];
  return pageOf(db, people, 'p', conditions, wish);
}

export async function apiPerson(db: Db, id: string): Promise<ApiPerson | null> {
  const [row] = await db.rows<ApiPerson>(splice`${people} where p.id = ${id}`);
  return row ?? null;
}

const points = splice`select ${pointColumns} from contact_point k`;
/** Ours and nobody's are not for other programs. */
const ofClients = sql`coalesce(k.client_id, k.person_id) is not null and k.kind <> 'extension'`;

export interface PointsWish extends PageWish {
  readonly clientId: string | null;
  readonly personId: string | null;
  readonly address: string | null;
  readonly updatedSince: Date | null;
}

/** Also those whose time is over, and those taken back (`since` = `until`): who keeps a copy must hear of them. */
export function apiPoints(db: Db, wish: PointsWish): Promise<ApiPoint[]> {
  const { clientId, personId, address, updatedSince } = wish;
  const conditions = [
    ofClients,
    ...(clientId === null
      ? []
      : [
          sql`k.id in (select x.id from contact_point x where x.client_id = ${clientId}
                       union all
                       select x.id from person w join contact_point x on x.person_id = w.id where w.client_id = ${clientId})`,
        ]),
    ...(personId === null ? [] : [sql`k.person_id = ${personId}`]),
    ...(address === null ? [] : [sql`k.address = ${address}`]),
    ...(updatedSince === null ? [] : [sql`k.updated_at >= ${updatedSince}`]),
  ];
  return pageOf(db, points, 'k', conditions, wish);
}

export async function apiPoint(
  db: Db,
  id: string,
): Promise<(ApiPoint & { readonly timelineOf: string; readonly isBack: boolean }) | null> {
  const [row] = await db.rows<ApiPoint & { readonly timelineOf: string; readonly isBack: boolean }>(splice`
    select ${pointColumns}, coalesce(k.client_id, o.client_id) as "timelineOf", k.since = k.until as "isBack"
      from contact_point k left join person o on o.id = k.person_id
     where ${ofClients} and k.id = ${id}`);
  return row ?? null;
}

/** Colleagues, to know who is meant; by name. */
export function apiEmployees(db: Db): Promise<
  {
    readonly id: string;
    readonly name: string;
    readonly email: string | null;
    readonly role: string;
    readonly active: boolean;
  }[]
> {
  return db.rows(sql`select id, name, email, role, active from employee order by name, id`);
}

/** An address by which intake knows a colleague; null: he has none. */
export async function addressOfEmployee(
  db: Db,
  id: string,
): Promise<{ readonly kind: 'email' | 'extension' | 'phone'; readonly value: string } | null> {
  const [row] = await db.rows<{ kind: 'email' | 'extension' | 'phone'; value: string }>(sql`
    select k.kind, k.address as value
      from contact_point k
     where k.employee_id = ${id} and k.kind in ('email', 'extension', 'phone') and k.since <= now() and now() < k.until
     order by k.kind, k.id limit 1`);
  return row ?? null;
}

/** Is there such a colleague? */
export async function isEmployee(db: Db, id: string): Promise<boolean> {
  return (await db.rows(sql`select 1 from employee where id = ${id}`)).length > 0;
}
