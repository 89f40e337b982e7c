import type { VNode } from 'preact';
import { fill, oneLine } from '../../core/text.ts';
import type { TargetHealth } from '../../store/events/targets.ts';
import type { View } from '../http/route.ts';
import { moment } from '../ui/facts.tsx';
import { targetWords } from '../words/targets.ts';

/** Do the programs that are told what happens hear it? Nothing where there are none. */
export function Targets({
  view,
  targets,
}: {
  readonly view: View;
  readonly targets: readonly TargetHealth[];
}): VNode | null {
  if (targets.length === 0) return null;
  const t = targetWords[view.language];
  return (
    <section>
      <h2>{t.title}</h2>
      <ul class="cards">
        {targets.map((target) => {
          const state = stateOf(target);
          const { name, lastSuccessAt, failingSince, waiting, waitingSince, givenUp, lastError } = target;
          return (
            <li key={name} class={`source ${state === 'well' ? 'up' : state === 'failing' ? 'retrying' : 'resting'}`}>
              <strong>{oneLine(name)}</strong> <small>webhook</small>
              <p>
                <span class="badge">{t.states[state]}</span>{' '}
                <small>
                  {lastSuccessAt === null ? t.noSuccess : fill(t.lastSuccess, { time: moment(view, lastSuccessAt) })}
                </small>
              </p>
              {failingSince === null ? null : (
                <p class="small">
                  {fill(t.failingSince, { time: moment(view, failingSince) })}
                  {lastError === null ? null : ` · ${oneLine(lastError).slice(0, 120)}`}
                </p>
              )}
              {state === 'gone' ? <p class="small">{fill(t.goneHow, { name })}</p> : null}
              {waitingSince === null ? null : (
                <p class="small">{fill(t.waiting, { count: String(waiting), time: moment(view, waitingSince) })}</p>
              )}
              {givenUp === 0 ? null : <p class="small">{fill(t.givenUp, { count: String(givenUp), name })}</p>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function stateOf({ state, failingSince }: TargetHealth): 'well' | 'failing' | 'gone' | 'removed' {
  if (state !== 'active') return state;
  return failingSince === null ? 'well' : 'failing';
}
