import type { VNode } from 'preact';
import { fill, oneLine } from '../../core/text.ts';
import type { CandidateView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';
import type { FormPageProps } from './form-props.ts';
import { RememberBox } from './remember.tsx';

/**
 * Whose contact was it? One strong candidate: a folded line to correct him. Several: a choice with the reasons. None: a
 * folded line to name him.
 */
export function ClientChoice(props: FormPageProps): VNode {
  const { view, contact, form, similar } = props;
  const t = view.texts.form;
  const isOpen = form.client !== 'keep' || form.remember || similar.length > 0;
  const mustChoose = contact.clientId === null && !contact.clientByHand && props.candidates.length > 0;
  const choices = (
    <fieldset class="who">
      <legend class={mustChoose ? undefined : 'hidden'}>{t.who}</legend>
      {mustChoose ? null : (
        <Choice value="keep" name={contact.clientName ?? t.noClient} reason={contact.clientName && t.keep} {...props} />
      )}
      {candidates(props).map(({ value, name, reason }) => (
        <Choice key={value} value={value} name={name} reason={reason} {...props} />
      ))}
      <Choice value="none" name={mustChoose ? t.noneOfThem : t.noClient} reason={null} {...props} />
      <div class="other">
        <Choice value="other" name={t.other} reason={null} {...props} />
        <input
          type="text"
          name="clientName"
          aria-label={t.otherName}
          placeholder={t.otherName}
          value={form.clientName}
        />
      </div>
      <RememberBox view={view} contact={contact} checked={form.remember} />
    </fieldset>
  );
  const why = whyOf(props);
  const told = why === null ? null : <p class="small why">{why}</p>;
  if (mustChoose || isOpen) {
    return (
      <>
        {told}
        {choices}
      </>
    );
  }
  return (
    <>
      {told}
      <details>
        <summary>{contact.clientName === null ? t.who : t.notHim}</summary>
        {choices}
      </details>
    </>
  );
}

/** Why the machine says that it was he, or that it was nobody. Null: a person said it, or the choice itself tells. */
function whyOf({ view, contact, candidates }: FormPageProps): string | null {
  const t = view.texts.match;
  if (contact.clientByHand || contact.verdict === null) return null;
  if (contact.clientId === null) return contact.because === null ? null : t.strangers[contact.because];
  const chosen = candidates.find(({ clientId }) => clientId === contact.clientId);
  if (chosen === undefined || contact.verdict !== 'client') return null;
  const tie = contact.tieBreak === null ? [] : [t.tieBreaks[contact.tieBreak]];
  return fill(t.why, { reason: [reasonOf(view, chosen), ...tie].join('; ') });
}

function reasonOf(view: View, { code, doubt, reason }: CandidateView): string {
  const reasons: Readonly<Record<string, string>> = view.texts.form.reasons;
  const doubts: Readonly<Record<string, string>> = view.texts.match.doubts;
  const words = reasons[code ?? ''] ?? oneLine(reason);
  const why = doubts[doubt ?? ''];
  return why === undefined ? words : `${words}; ${why}`;
}

function Choice({
  value,
  name,
  reason,
  form,
}: FormPageProps & { readonly value: string; readonly name: string; readonly reason: string | null }): VNode {
  return (
    <label class="choice">
      <input type="radio" name="client" value={value} checked={form.client === value} />
      <span>
        {oneLine(name)}
        {reason ? <small>{oneLine(reason)}</small> : null}
      </span>
    </label>
  );
}

/** At most eight of the matcher's, then those whose names are like what was typed. */
function candidates({ candidates, similar, contact, view }: FormPageProps) {
  const known = candidates
    .filter((candidate) => candidate.clientId !== contact.clientId)
    .slice(0, 8)
    .map((candidate) => ({
      value: candidate.personId === null ? candidate.clientId : `${candidate.clientId}.${candidate.personId}`,
      name: candidate.personName === null ? candidate.clientName : `${candidate.personName}, ${candidate.clientName}`,
      reason: reasonOf(view, candidate),
    }));
  return [...known, ...similar.map(({ id, name }) => ({ value: id, name, reason: null }))];
}
