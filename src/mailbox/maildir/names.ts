/**
 * The part of a mail's file name that stays when it is read, answered, or moved from `new` to `cur`: what stands before `:2,`
 * (`;2,` and `!2,` where a colon cannot be), without the sizes that Dovecot and Courier add and correct.
 */
export function uniqueName(file: string): string {
  return file.split(/[:;!]\d,|,[SW]=/)[0] ?? file;
}

/** `Archive/2026` is the subfolder `.Archive.2026`. */
export function subfolder(name: string): string {
  return `.${name.replace(/^\./, '').replaceAll('/', '.')}`;
}

/** What the subfolder is called by people: `.Archive.2026` is `Archive/2026`. */
export function folderName(subfolder: string): string {
  return subfolder.slice(1).replaceAll('.', '/');
}

/** Waste and drafts, in the words mail programs have for them; nobody wants them who asks for every folder. */
export function isWaste(name: string): boolean {
  return /^(?:junk|spam|trash|deleted(?: messages| items)?|drafts?|bulk mail|корзина|спам|черновики|чернетки|кошик)(?:\/|$)/iu.test(
    name,
  );
}
