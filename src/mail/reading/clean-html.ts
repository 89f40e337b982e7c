import sanitize from 'sanitize-html';

/** Pictures that stand in the mail itself, by Content-ID: `data:` addresses; null: there is none such, or it is no picture. */
export type PictureOf = (contentId: string) => string | null;

/** More than a mail that a person can read; what comes behind is left out. */
const longestHtml = 1_000_000;
/** Sanitising takes the square of what stands within each other: 150,000 nested elements took 25 s, so many take under one. */
const mostTags = 20_000;

/**
 * The HTML of a mail with nothing in it but words, tables, colours and its own pictures: no script, no form, no style sheet,
 * nothing that is loaded from elsewhere, nothing that lies over the rest. Balanced: it can stand in an element of ours.
 * Whoever shows it forbids the same once more by a policy (notes/security.md, X2).
 */
export function cleanHtml(html: string, pictureOf: PictureOf): string {
  return sanitize(beginning(html), {
    allowedTags: [...tags],
    allowedAttributes: {
      '*': ['style', 'align', 'valign', 'bgcolor', 'dir', 'lang', 'title', 'width', 'height'],
      a: ['href', 'target', 'rel'],
      img: ['src', 'alt'],
      font: ['color', 'face', 'size'],
      table: ['border', 'cellpadding', 'cellspacing'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan'],
      ol: ['start', 'type'],
    },
    // By it Outlook says that a line of a letter is no paragraph.
    allowedClasses: { p: ['MsoNormal'] },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    nonTextTags: ['script', 'style', 'title', 'textarea', 'option', 'noscript', 'noembed', 'noframes', 'iframe', 'xmp'],
    nestingLimit: 200,
    // Attributes are cleaned below: no parser of style sheets sees what a stranger wrote, and it takes a quarter less time (measured).
    parseStyleAttributes: false,
    transformTags: {
      '*': (tagName, { style, ...rest }) => {
        const clean = style === undefined ? '' : cleanStyle(style);
        return { tagName, attribs: clean === '' ? rest : { ...rest, style: clean } };
      },
      a: (tagName, { href = '', ...rest }) => ({
        tagName,
        attribs: { ...rest, ...(leadsAway(href) ? { href, target: '_blank', rel: 'noreferrer noopener' } : {}) },
      }),
      img: (tagName, { src = '', alt = '', ...rest }) => {
        const own = /^cid:/i.test(src) ? pictureOf(src.slice(4)) : isPicture(src) ? src : null;
        // What would be loaded from elsewhere is no picture any more, only the word for it.
        if (own === null) return { tagName: 'span', attribs: {}, text: alt };
        return { tagName, attribs: { ...rest, src: own, alt } };
      },
    },
  });
}

/** At most so much of it, and so many tags. */
function beginning(html: string): string {
  let at = -1;
  for (let count = 0; count <= mostTags; count++) {
    at = html.indexOf('<', at + 1);
    if (at < 0 || at >= longestHtml) return html.slice(0, longestHtml);
  }
  return html.slice(0, at);
}

/** An address that says how it is reached, whatever unseen signs stand in it: ours are not a sender's to name. */
function leadsAway(href: string): boolean {
  return /^(?:https?|mailto|tel):/i.test(href.replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2060\ufeff]/g, ''));
}

const tags: ReadonlySet<string> = new Set(
  (
    'a abbr address b big blockquote br caption center cite code col colgroup dd del div dl dt em font h1 h2 h3 h4 h5 h6 hr ' +
    'i img ins kbd li mark ol p pre q s samp small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr'
  ).split(' '),
);

/** Looks alone; nothing that moves an element out of its place, hides what is under it, or loads. */
const properties =
  /^(?:color|background-color|background|font(?:-(?:family|size|style|weight|variant))?|text-(?:align|decoration|indent|transform)|line-height|letter-spacing|white-space|vertical-align|list-style(?:-type)?|(?:padding|margin)(?:-(?:top|right|bottom|left))?|border(?:-(?:top|right|bottom|left|collapse|spacing|color|style|width))*|width|max-width|min-width|height|display|direction)$/;

export function cleanStyle(style: string): string {
  return style
    .slice(0, 2000)
    .split(';')
    .flatMap((declaration) => {
      const at = declaration.indexOf(':');
      const property = declaration.slice(0, Math.max(0, at)).trim().toLowerCase();
      const value = declaration.slice(at + 1).trim();
      // A backslash spells any word otherwise, a slash with a star breaks one: nobody needs them for a colour.
      const isPlain = /^[\w\s#%.,'"()+-]*(?:!important)?$/u.test(value.replace(/[\u00a0-\uffff]/g, ''));
      const isCalm = !/url|image|expression|var|attr|env|element|src/i.test(value) && !/(?:^|\s)-/.test(value);
      return properties.test(property) && isPlain && isCalm ? [`${property}:${value}`] : [];
    })
    .join(';');
}

/** Pictures within the HTML itself; SVG is none, it can hold more than a picture. */
function isPicture(src: string): boolean {
  return /^data:image\/(?:png|jpe?g|gif|webp|bmp);base64,[A-Za-z0-9+/=\s]*$/i.test(src);
}
