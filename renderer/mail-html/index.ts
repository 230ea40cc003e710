import { createMailSanitiser } from './sanitise.ts'

export { describeLink, type MailLink } from './links.ts'
export { MailFrame } from './mail-frame.tsx'
export { maximumHtmlLength, type PictureSource, type SanitisedMail } from './sanitise.ts'

/** The window's one sanitiser: DOMPurify's Trusted Types policy can be made only once. */
export const { sanitise: sanitiseMail, tree: sanitiseMailTree } = createMailSanitiser(window)
