/** What somebody sent by a form of a web site, as he wrote it. */
export interface FormFacts {
  readonly name: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  /** What he wants; the employee reads it beside the question for the gist. */
  readonly message: string | null;
  /** The page he sent it from. */
  readonly page: string | null;
  /** Every other field that the configuration names, in its order. */
  readonly more: readonly { readonly label: string; readonly value: string }[];
}
