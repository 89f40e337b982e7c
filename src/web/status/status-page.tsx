import type { VNode } from 'preact';
import { fill, oneLine } from '../../core/text.ts';
import type { TargetHealth } from '../../store/events/targets.ts';
import type { SourceRow } from '../../store/sources/sources.ts';
import type { ConnectorStatus, View } from '../http/route.ts';
import { ClientSources } from '../sources/client-sources.tsx';
import { moment } from '../ui/facts.tsx';
import { Layout } from '../ui/layout.tsx';
import { Targets } from './targets.tsx';

/** Are the sources well? And what did we not see? */
export function StatusPage({
  view,
  connectors,
  targets,
  gaps,
  sources,
}: {
  readonly view: View;
  readonly connectors: readonly ConnectorStatus[];
  readonly targets: readonly TargetHealth[];
  readonly sources: readonly SourceRow[];
  readonly gaps: readonly {
    readonly connector: string;
    readonly since: Date;
    readonly until: Date;
    readonly reason: string;
  }[];
}): VNode {
  const t = view.texts.status;
  return (
    <Layout view={view} title={t.title} here="status">
      <h1>{t.title}</h1>
      {connectors.length === 0 ? <p class="empty">{t.empty}</p> : null}
      <ul class="cards">
        {connectors.map((connector) => (
          <li key={connector.connector} class={`source ${connector.state}`}>
            <strong>{oneLine(connector.connector)}</strong> <small>{connector.kind}</small>
            <p>
              <span class="badge">{t.states[connector.state] ?? connector.state}</span>{' '}
              <small>{fill(t.since, { time: moment(view, connector.since) })}</small>
            </p>
            {connector.fault === null ? null : (
              <p class="small">
                <code>{connector.fault}</code>
                {connector.nextTryAt === null
                  ? null
                  : ` · ${fill(t.nextTry, { time: moment(view, connector.nextTryAt) })}`}
              </p>
            )}
          </li>
        ))}
      </ul>
      <Targets view={view} targets={targets} />
      <ClientSources view={view} sources={sources} />
      <h2>{t.gaps}</h2>
      {gaps.length === 0 ? <p class="small">{t.noGaps}</p> : null}
      <ul class="gaps">
        {gaps.map((gap) => (
          <li key={`${gap.connector} ${gap.since.getTime()}`}>
            {fill(t.gap, {
              connector: oneLine(gap.connector),
              since: moment(view, gap.since),
              until: moment(view, gap.until),
            })}{' '}
            <small>{oneLine(gap.reason)}</small>
          </li>
        ))}
      </ul>
    </Layout>
  );
}
