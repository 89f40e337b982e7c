// Floor 1: pure readers of mail and fax. The one door through which connectors, intake and the command line use them.
export type { AsSent, Attached } from './as-sent.ts';
export type { Authenticity } from './authenticity.ts';
export type { Automatic } from './automatic.ts';
export { decideMail, type MailVerdict } from './decide.ts';
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
export { decidingFields, readHeadOnly } from './head.ts';
export { bodyHash, MailsSeen, mailIdentity } from './identity.ts';
export { type MailOpener, openMailOpener } from './mail-opener.ts';
export type { MailAttachment, MailCalendar, MailHead, MailJournal, MailRead, MailReport } from './mail-read.ts';
export { type MailReader, type MailReaderOptions, openMailReader } from './mail-reader.ts';
export type { MailAddress } from './mime/addresses.ts';
export { type MailOffice, type MailOfficeOptions, mailOffice } from './office.ts';
export { type ReadMailOptions, readAttachment, readDegraded, readMail } from './read.ts';
export { isExcluded, isForAll, type MailRules, officeOf } from './rules.ts';
export { type Sifted, type SkipReason, siftMail, siftRead } from './sift.ts';
