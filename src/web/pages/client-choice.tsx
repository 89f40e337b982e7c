import type { VNode } from 'preact';
import { oneLine } from '../../core/text.ts';
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
  if (mustChoose || isOpen) return choices;
  return (
    <details>
      <summary>{contact.clientName === null ? t.who : t.notHim}</summary>
      {choices}
    </details>
  );
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
  const reasons: Readonly<Record<string, string>> = view.texts.form.reasons;
  const known = candidates
    .filter((candidate) => candidate.clientId !== contact.clientId)
    .slice(0, 8)
    .map((candidate) => ({
      value: candidate.personId === null ? candidate.clientId : `${candidate.clientId}.${candidate.personId}`,
      name: candidate.personName === null ? candidate.clientName : `${candidate.personName}, ${candidate.clientName}`,
      reason: reasons[candidate.code ?? ''] ?? candidate.reason,
    }));
  return [...known, ...similar.map(({ id, name }) => ({ value: id, name, reason: null }))];
}
