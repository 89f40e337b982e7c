import type { CandidateView, ContactView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';
import type { GistForm, Problem } from './gist-form.ts';

export interface FormPageProps {
  readonly view: View;
  readonly contact: ContactView;
  readonly talkers: readonly string[];
  readonly candidates: readonly CandidateView[];
  /** Clients whose name is like the one that was typed. */
  readonly similar: readonly { readonly id: string; readonly name: string }[];
  readonly occasions: readonly { readonly id: string; readonly name: string }[];
  /** Only for who is signed in. */
  readonly last: readonly ContactView[];
  /** The other mails of its thread; only for who is signed in. */
  readonly joined: readonly ContactView[];
  readonly form: GistForm;
  readonly problems: readonly Problem[];
  /** What somebody else saved while this was written. */
  readonly conflict: boolean;
  readonly undone: boolean;
  /** Where the form is sent; `/typing` below it takes what is being typed. */
  readonly action: string;
  /** With a session the page has the sections above it. */
  readonly signedIn: boolean;
}
