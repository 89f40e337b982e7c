import type { VNode } from 'preact';
import { outcomesByHand } from '../../core/contact/human.ts';
import { fill, oneLine } from '../../core/text.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';
import { Chip } from '../ui/chip.tsx';
import { ContactList, Facts, moment } from '../ui/facts.tsx';
import { Layout } from '../ui/layout.tsx';
import { ClientChoice } from './client-choice.tsx';
import type { FormPageProps } from './form-props.ts';
import { longestGist, type Problem } from './gist-form.ts';
import { subjectOf } from './letter.tsx';
import { NextStepChoice } from './next-step.tsx';
import { JoinedMails, Paper } from './paper.tsx';

/** The page behind a prompt's link: what we know, and the one question. Works without scripts. */
export function FormPage(props: FormPageProps): VNode {
  const { view, contact, form } = props;
  const t = view.texts.form;
  const isDraft = contact.state === 'draft' || contact.state === 'planned';
  const here = props.signedIn ? 'client' : undefined;
  return (
    <Layout view={view} title={t.gist} scripts={['form.js']} here={here} hasMail={contact.mail !== null}>
      <form
        id="gist-form"
        class={contact.mail === null ? undefined : 'beside'}
        method="post"
        action={props.action}
        autocomplete="off"
        data-key={contact.id}
        data-typing={isDraft ? `${props.action}/typing` : undefined}
        data-offline={t.offline}
        data-kept={t.kept}
        data-restored={t.restored}
      >
        <Facts view={view} contact={contact} talkers={props.talkers} />
        <Paper view={view} contact={contact} place={props.action} signedIn={props.signedIn} />
        <div class="answer">
          <Trouble {...props} />
          {isDraft ? null : <p class="small saved-by">{savedBy(view, contact)}</p>}
          <input type="hidden" name="version" value={contact.version} />
          <input type="hidden" name="proof" value={view.proof('save')} />
          <ClientChoice {...props} />
          <GistBox {...props} />
          <Occasions {...props} />
          <NextStepChoice view={view} form={form} callBack={contact.callBack} />
          <Outcomes {...props} />
          <div class="save">
            <button>{isDraft ? t.save : t.saveChange}</button>
          </div>
        </div>
      </form>
      <JoinedMails view={view} mails={props.joined} count={contact.joined} />
      {props.last.length > 0 ? (
        <section>
          <h2>{t.lastContacts}</h2>
          <ContactList view={view} contacts={props.last} />
        </section>
      ) : null}
    </Layout>
  );
}

/** A mail's subject is offered as a hint: it counts for nothing until somebody has written. */
function GistBox({ view, contact: { mail, fax }, form }: FormPageProps): VNode {
  const t = view.texts.form;
  const hint = mail === null || fax !== null || mail.subject === '' ? t.gistHint : subjectOf(view, mail);
  return (
    <>
      <label for="gist" class="question">
        {t.gist}
      </label>
      <textarea
        id="gist"
        name="gist"
        rows={3}
        maxLength={longestGist}
        placeholder={hint}
        aria-describedby="note"
        autofocus={mail === null}
        value={form.gist}
      />
      <p id="note" class="small" role="status" />
    </>
  );
}

function Occasions({ view, occasions, form }: FormPageProps): VNode | null {
  if (occasions.length === 0) return null;
  return (
    <fieldset>
      <legend>{view.texts.form.occasion}</legend>
      <div class="chips">
        <Chip name="occasion" value="" label={view.texts.form.noOccasion} checked={form.occasion === null} />
        {occasions.map(({ id, name }) => (
          <Chip key={id} name="occasion" value={id} label={oneLine(name)} checked={form.occasion === id} />
        ))}
      </div>
    </fieldset>
  );
}

function Outcomes({ view, form }: FormPageProps): VNode {
  const t = view.texts.form;
  return (
    <details open={form.outcome !== null}>
      <summary>{t.outcome}</summary>
      <fieldset>
        <legend class="hidden">{t.outcome}</legend>
        <div class="chips">
          <Chip name="outcome" value="" label={t.outcomeNone} checked={form.outcome === null} />
          {outcomesByHand.map((outcome) => (
            <Chip
              key={outcome}
              name="outcome"
              value={outcome}
              label={t.outcomes[outcome]}
              checked={form.outcome === outcome}
            />
          ))}
        </div>
      </fieldset>
    </details>
  );
}

/** Why it is not saved, or what happened meanwhile; always with what to do. */
function Trouble({ view, contact, problems, conflict, undone }: FormPageProps): VNode | null {
  const t = view.texts.problems;
  if (undone) {
    return (
      <p class="told" role="status">
        {view.texts.form.undone}
      </p>
    );
  }
  if (conflict) {
    return (
      <div class="trouble" role="alert">
        <p>{fill(t.conflict, { name: oneLine(contact.completedByName ?? contact.ownerName) })}</p>
        <blockquote>
          {contact.gist ?? (contact.outcomeByHand ? view.texts.form.outcomes[contact.outcomeByHand] : '')}
        </blockquote>
        <p>{t.conflictHow}</p>
      </div>
    );
  }
  if (problems.length === 0) return null;
  return (
    <div class="trouble" role="alert">
      <p>
        <strong>{t.heading}</strong>
      </p>
      {problems.map((problem) => (
        <p key={problem.code}>{words(view, problem)}</p>
      ))}
    </div>
  );
}

function words(view: View, problem: Problem): string {
  const text = view.texts.problems[problem.code];
  switch (problem.code) {
    case 'tooLong':
      return fill(text, { count: String(problem.count) });
    case 'badDay':
      return fill(text, { day: oneLine(problem.day) });
    case 'unknownClient':
      return fill(text, { name: oneLine(problem.name) });
    default:
      return text;
  }
}

function savedBy(view: View, contact: ContactView): string {
  if (contact.completedAt === null) return '';
  return fill(view.texts.form.completedBy, {
    name: oneLine(contact.completedByName ?? contact.ownerName),
    time: moment(view, contact.completedAt),
  });
}
