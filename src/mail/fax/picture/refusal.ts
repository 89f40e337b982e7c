/** Why a page is not drawn, a clause for people: what the document is, or what is wrong with it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
