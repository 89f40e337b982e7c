import type { ContactView } from '../../store/contacts/contacts.ts';

/** The document of a fax among the files of its mail. */
export interface FaxDocument {
  /** Place in `mail.files`. */
  readonly index: number;
  readonly kind: 'tiff' | 'pdf' | 'picture';
  readonly type: string;
  /** As counted, else as told; at least one. */
  readonly pages: number;
}

/** More are in the document itself. */
const mostPages = 50;

/** Null: it came without one, or one that cannot be shown. */
export function faxDocument({ fax, mail }: Pick<ContactView, 'fax' | 'mail'>): FaxDocument | null {
  if (fax === null || mail === null) return null;
  const index = mail.files.findIndex(({ name }) => name === fax.document);
  const file = mail.files[index];
  const kind = file === undefined ? null : kindOf(file.type, file.name);
  if (file === undefined || kind === null) return null;
  const pages = kind === 'picture' ? 1 : (file.pages ?? fax.pages ?? 1);
  return { index, kind, type: file.type, pages: Math.min(mostPages, Math.max(1, pages)) };
}

function kindOf(type: string, name: string): FaxDocument['kind'] | null {
  if (/\/(?:x-)?tiff?\b|g3fax/.test(type) || /\.tiff?$/i.test(name)) return 'tiff';
  if (/\/(?:x-)?pdf\b/.test(type) || /\.pdf$/i.test(name)) return 'pdf';
  return /^image\/(?:png|jpeg|gif)$/.test(type) ? 'picture' : null;
}
