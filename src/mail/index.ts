// Floor 1: pure readers of mail and fax. The one door through which connectors, intake and the command line use them.

export { type Authenticity, isOurReport } from './deciding/authenticity.ts';
export type { Automatic } from './deciding/automatic.ts';
export { decideMail, type MailVerdict } from './deciding/decide.ts';
export { bodyHash, MailsSeen, mailIdentity } from './deciding/identity.ts';
export { type MailOffice, type MailOfficeOptions, mailOffice } from './deciding/office.ts';
export { isExcluded, isForAll, type MailRules, officeOf } from './deciding/rules.ts';
export { type Sifted, type SkipReason, siftMail, siftRead } from './deciding/sift.ts';
export { openPagePainter, type PagePainter, type PagePainterOptions } from './fax/picture/page-painter.ts';
export type { PaintedPage } from './fax/picture/painted-page.ts';
export {
  type CompiledProfile,
  compileProfile,
  type FaxGroup,
  type FaxProfile,
  type FaxStatus,
  faxGroups,
} from './fax/profile.ts';
export { builtIn, builtInProfiles, profilesNamed } from './fax/profiles.ts';
export { type FaxFacts, type FaxOffice, readFax } from './fax/read-fax.ts';
export type { MailAddress } from './mime/addresses.ts';
export type { AsSent, Attached } from './reading/as-sent.ts';
export { decidingFields, readHeadOnly } from './reading/head.ts';
export { type MailOpener, openMailOpener } from './reading/mail-opener.ts';
export type { MailAttachment, MailCalendar, MailHead, MailJournal, MailRead, MailReport } from './reading/mail-read.ts';
export { type MailReader, type MailReaderOptions, openMailReader } from './reading/mail-reader.ts';
export { type ReadMailOptions, readAttachment, readDegraded, readMail } from './reading/read.ts';
