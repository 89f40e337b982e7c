/** A page as a browser without scripts uses it: what stands in its forms, and what pressing a button sends. */
export interface Form {
  readonly action: string;
  readonly fields: ReadonlyMap<string, string>;
  /** Values each choice (radio buttons) offers, by field name; the words beside them are the keys. */
  readonly choices: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Every POST form of the page, as rendered: hidden fields, text boxes, the choices that are made. */
export function formsIn(html: string): Form[] {
  return [...html.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)]
    .filter(([, attributes = '']) => /method="post"/.test(attributes))
    .map(([, attributes = '', body = '']) => ({
      action: attribute(attributes, 'action') ?? '',
      fields: fieldsIn(body),
      choices: choicesIn(body),
    }));
}

function fieldsIn(body: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [, attributes = ''] of body.matchAll(/<input\b([^>]*)>/g)) {
    const [name, value, type] = ['name', 'value', 'type'].map((one) => attribute(attributes, one));
    if (!name || ((type === 'radio' || type === 'checkbox') && !/\bchecked\b/.test(attributes))) continue;
    fields.set(name, value ?? '');
  }
  for (const [, attributes = '', text = ''] of body.matchAll(/<textarea\b([^>]*)>([\s\S]*?)<\/textarea>/g)) {
    fields.set(attribute(attributes, 'name') ?? '', plain(text));
  }
  return fields;
}

function choicesIn(body: string): Map<string, Map<string, string>> {
  const choices = new Map<string, Map<string, string>>();
  for (const [, label = ''] of body.matchAll(/<label\b[^>]*>([\s\S]*?)<\/label>/g)) {
    const input = /<input\b([^>]*)>/.exec(label)?.[1];
    if (input === undefined || attribute(input, 'type') !== 'radio') continue;
    const name = attribute(input, 'name') ?? '';
    const words = plain(label.replace(/<[^>]*>/g, ' ')).trim();
    choices.set(name, (choices.get(name) ?? new Map()).set(words, attribute(input, 'value') ?? ''));
  }
  return choices;
}

/** Sends a form back as a browser would, with other values in some fields. Follows no redirect. */
export function submit(
  page: string,
  form: Form,
  changed: Readonly<Record<string, string>> = {},
  cookie = '',
): Promise<Response> {
  const fields = new URLSearchParams([...form.fields]);
  for (const [name, value] of Object.entries(changed)) fields.set(name, value);
  return fetch(new URL(form.action || page, page), {
    method: 'POST',
    redirect: 'manual',
    body: fields,
    headers: cookie === '' ? {} : { cookie },
  });
}

/** What a person reads on a page: no tags, no entities. */
export function wordsOf(html: string): string {
  const main = /<main\b[\s\S]*<\/main>/.exec(html)?.[0] ?? html;
  return plain(main.replace(/<(script|style)[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, ' ')).replace(/\s+/g, ' ');
}

function attribute(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(attributes)?.[1];
  return found === undefined ? undefined : plain(found);
}

function plain(text: string): string {
  return text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
