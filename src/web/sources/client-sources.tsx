import type { VNode } from 'preact';
import { fill, oneLine, shorten } from '../../core/text.ts';
import type { SourceRow } from '../../store/sources/sources.ts';
import type { View } from '../http/route.ts';
import { moment } from '../ui/facts.tsx';

/** Where clients come from: how each source is, and what waits for a person. */
export function ClientSources({
  view,
  sources,
}: {
  readonly view: View;
  readonly sources: readonly SourceRow[];
}): VNode | null {
  if (sources.length === 0) return null;
  return (
    <>
      <h2>{view.texts.sources.title}</h2>
      <ul class="cards">
        {sources.map((source) => (
          <li key={source.name} id={`source-${source.name}`} class={`source ${looks[source.state]}`}>
            <SourceCard view={view} source={source} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** As connectors in a like state look. */
const looks = { good: 'up', waiting: 'starting', failing: 'retrying', held: 'resting' } as const;

function SourceCard({ view, source }: { readonly view: View; readonly source: SourceRow }): VNode {
  const t = view.texts.sources;
  const { state, goodAt, nextTryAt } = source;
  return (
    <>
      <strong>{oneLine(source.name)}</strong> <small>{t.reads[source.reads]}</small>
      <p>
        <span class="badge">{t.states[state]}</span>{' '}
        <small>{fill(view.texts.status.since, { time: moment(view, source.since) })}</small>
      </p>
      {state === 'held' ? <Held view={view} source={source} /> : <Fault view={view} source={source} />}
      {state === 'failing' && nextTryAt !== null ? (
        <p class="small">{fill(view.texts.status.nextTry, { time: moment(view, nextTryAt) })}</p>
      ) : null}
      <p class="small">
        {goodAt === null ? t.never : fill(t.good, { count: String(source.goodCount ?? 0), time: moment(view, goodAt) })}
      </p>
      <LastTime view={view} source={source} />
    </>
  );
}

function Fault({ view, source }: { readonly view: View; readonly source: SourceRow }): VNode | null {
  const t = view.texts.sources;
  const { fault, facts } = source;
  if (fault === null) return null;
  const place = facts?.['place'] ?? facts?.['file'];
  const found = facts?.['found'] ?? facts?.['said'] ?? facts?.['status'];
  const details = [place, facts?.['status'] === found ? null : facts?.['status'], found];
  const told = details.filter((one) => typeof one === 'string' || typeof one === 'number').map(String);
  return (
    <>
      <p>{t.faults[fault] ?? fill(t.fault, { code: fault })}</p>
      {told.length === 0 ? null : (
        <p class="small">
          <code>{shorten(oneLine(told.join(' · ')), 300)}</code>
        </p>
      )}
    </>
  );
}

/** Both answers name the number they are about: what was read meanwhile is another question. */
function Held({ view, source }: { readonly view: View; readonly source: SourceRow }): VNode {
  const t = view.texts.sources;
  const count = String(source.heldCount ?? 0);
  return (
    <form method="post" action={view.href(`/status/sources/${encodeURIComponent(source.name)}`)}>
      <p>{fill(t.held, { now: count, last: String(source.goodCount ?? 0) })}</p>
      <p class="small">{t.heldHow}</p>
      <input type="hidden" name="proof" value={view.proof(`source ${source.name}`)} />
      <input type="hidden" name="count" value={count} />
      <p>
        <button type="submit" name="answer" value="discard">
          {t.discard}
        </button>{' '}
        <button type="submit" name="answer" value="accept">
          {t.accept}
        </button>
      </p>
    </form>
  );
}

/** So many rejected values stand on the page; all of them are told by the dry run. */
const mostShown = 10;

function LastTime({ view, source }: { readonly view: View; readonly source: SourceRow }): VNode {
  const t = view.texts.sources;
  const count = (key: string) => Number(source.told?.[key] ?? 0);
  const rejected = rejectedOf(source.told?.['rejected']).slice(0, mostShown);
  const counts = { created: count('created'), changed: count('changed'), ended: count('ended') };
  const words = Object.fromEntries(Object.entries(counts).map(([key, value]) => [key, String(value)]));
  return (
    <>
      {source.told === null ? null : <p class="small">{fill(t.counts, words)}</p>}
      {source.gone === 0 ? null : <p class="small">{fill(t.gone, { count: String(source.gone) })}</p>}
      {count('kept') === 0 ? null : <p class="small">{fill(t.kept, { count: String(count('kept')) })}</p>}
      {rejected.length === 0 ? null : (
        <details>
          <summary>{fill(t.rejected, { count: String(count('rejectedCount')) })}</summary>
          <ul class="small">
            {rejected.map(({ line, column, value, reason }) => (
              <li key={`${line} ${column} ${value}`}>
                {[fill(t.lines[source.reads], { n: String(line) }), column, reason, shorten(oneLine(value), 60)]
                  .filter((part) => part !== null && part !== '')
                  .join(' · ')}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

interface Rejected {
  readonly line: number;
  readonly column: string | null;
  readonly value: string;
  readonly reason: string;
}

function rejectedOf(value: unknown): readonly Rejected[] {
  return Array.isArray(value) ? value : [];
}

/** On a client's page: which sources no longer know him, and where they say otherwise than we do. */
export function ClientInSources({
  view,
  gone,
  otherwise,
}: {
  readonly view: View;
  readonly gone: readonly { readonly source: string; readonly since: Date }[];
  readonly otherwise: readonly { readonly source: string; readonly kept: Readonly<Record<string, string>> }[];
}): VNode | null {
  const t = view.texts.sources;
  if (gone.length === 0 && otherwise.length === 0) return null;
  return (
    <ul class="small">
      {gone.map(({ source, since }) => (
        <li key={`gone ${source}`}>{fill(t.goneFrom, { source: oneLine(source), time: moment(view, since) })}</li>
      ))}
      {otherwise.map(({ source, kept }) => (
        <li key={`kept ${source}`}>
          {fill(t.saysOtherwise, {
            source: oneLine(source),
            values: shorten(oneLine(Object.values(kept).join(', ')), 200),
          })}
        </li>
      ))}
    </ul>
  );
}
