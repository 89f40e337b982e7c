import type { VNode } from 'preact';
import { fill, oneLine, shorten, showPhone } from '../../core/text.ts';
import type { LiveCall } from '../../live/run.ts';
import type { View } from '../http/route.ts';
import { ContactList, Moment } from '../ui/facts.tsx';
import { Layout } from '../ui/layout.tsx';
import { SentToday } from './sent-today.tsx';

/** Who calls this employee now. With scripts the list renews itself at once, without them every five seconds. */
export function LivePage({ view, calls }: { readonly view: View; readonly calls: readonly LiveCall[] }): VNode {
  const t = view.texts.live;
  return (
    <Layout view={view} title={t.title} here="live" scripts={['live.js']} refreshSeconds={5} hasMail>
      <h1>{t.title}</h1>
      <p id="lost" class="trouble" role="status" hidden>
        {t.lost}
      </p>
      <div id="calls" aria-live="polite" data-socket={view.href('/live/socket')}>
        <LiveCalls view={view} calls={calls} />
      </div>
    </Layout>
  );
}

/** The part that is sent anew at every change. */
export function LiveCalls({ view, calls }: { readonly view: View; readonly calls: readonly LiveCall[] }): VNode {
  const t = view.texts.live;
  if (calls.length === 0) {
    return (
      <section class="empty">
        <p>
          <strong>{t.empty}</strong>
        </p>
        <p class="small">{t.emptyHow}</p>
      </section>
    );
  }
  return (
    <ul class="calls">
      {calls.map((call) => (
        <li key={call.id} class={`call ${call.state}`}>
          <p class="small">
            <span class="badge">{call.state === 'ringing' ? t.ringing : t.talking}</span>{' '}
            <Moment view={view} at={call.since} />
            {call.ours === null ? null : ` · ${fill(view.texts.form.ours, { number: number(call.ours ?? '') })}`}
          </p>
          <Who view={view} call={call} />
          <SentToday view={view} contacts={call.sent} />
          <Last view={view} call={call} />
        </li>
      ))}
    </ul>
  );
}

function Who({ view, call }: { readonly view: View; readonly call: LiveCall }): VNode {
  const t = view.texts.live;
  const [only] = call.callers;
  const address = call.outside === null ? view.texts.live.stranger : number(call.outside);
  if (!only) {
    return (
      <>
        <h2>{call.outsideName === null ? address : shorten(oneLine(call.outsideName), 80)}</h2>
        <p class="small">{call.outsideName === null ? t.stranger : `${address} · ${t.stranger}`}</p>
      </>
    );
  }
  if (call.callers.length > 1) {
    return (
      <>
        <h2>{address}</h2>
        <p class="small">{t.several}</p>
        <ul>
          {call.callers.map((caller) => (
            <li key={`${caller.clientId} ${caller.personName}`}>
              <a href={view.href(`/c/${caller.clientId}`)}>{named(caller)}</a>{' '}
              <small>{view.texts.form.reasons[caller.code]}</small>
            </li>
          ))}
        </ul>
      </>
    );
  }
  return (
    <>
      <h2>{oneLine(only.personName ?? only.clientName)}</h2>
      <p>
        <a href={view.href(`/c/${only.clientId}`)}>{oneLine(only.clientName)}</a> · {address}
      </p>
    </>
  );
}

/** What was before. Of several possible callers nobody's past is shown. */
function Last({ view, call: { callers, last, sent } }: { readonly view: View; readonly call: LiveCall }): VNode | null {
  const t = view.texts.live;
  if (callers.length !== 1) return null;
  if (last.length === 0) return sent.length > 0 ? null : <p class="small">{t.noLast}</p>;
  return (
    <>
      <h3>{t.last}</h3>
      <ContactList view={view} contacts={last} />
    </>
  );
}

function named(caller: { readonly clientName: string; readonly personName: string | null }): string {
  return oneLine(caller.personName === null ? caller.clientName : `${caller.personName}, ${caller.clientName}`);
}

function number(text: string): string {
  return text.startsWith('+') ? showPhone(text) : shorten(oneLine(text), 40);
}
