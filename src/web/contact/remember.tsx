import type { VNode } from 'preact';
import { fill, oneLine, shorten, showPhone } from '../../core/text.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';

/** The address of a contact that may be said to be somebody's; null: none, or one whose sender is not believed. */
export function addressToRemember(
  contact: Pick<ContactView, 'outsideNorm' | 'outsideKind' | 'mail' | 'withheld'>,
): { readonly kind: 'phone' | 'email' | 'fax'; readonly address: string } | null {
  const { outsideNorm: address, outsideKind: kind } = contact;
  if (address === null || contact.withheld || contact.mail?.authenticity === 'claimed') return null;
  return kind === 'phone' || kind === 'email' || kind === 'fax' ? { kind, address } : null;
}

export function shown(address: string): string {
  return address.startsWith('+') ? showPhone(address) : shorten(oneLine(address), 80);
}

/** Below the choice of a client: the address of this contact is his from now on. */
export function RememberBox({
  view,
  contact,
  checked,
}: {
  readonly view: View;
  readonly contact: ContactView;
  readonly checked: boolean;
}): VNode | null {
  const point = addressToRemember(contact);
  if (point === null) return null;
  return (
    <label class="choice">
      <input type="checkbox" name="remember" value="1" checked={checked} />
      <span>{fill(view.texts.directory.rememberChosen, { address: shown(point.address) })}</span>
    </label>
  );
}

/** The same in one tap, once it is known whose the contact was. */
export function RememberButton({
  view,
  action,
  contactId,
  address,
  who,
}: {
  readonly view: View;
  readonly action: string;
  readonly contactId: string;
  readonly address: string;
  readonly who: string;
}): VNode {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="proof" value={view.proof(`remember ${contactId}`)} />
      <button class="quiet">
        {fill(view.texts.directory.rememberFor, { address: shown(address), who: shorten(oneLine(who), 60) })}
      </button>
    </form>
  );
}
