import { Fault } from '../../core/fault.ts';
import { placeOf } from './http.ts';
import { valuesAt } from './paths.ts';
import type { HttpRequest, Paging } from './source.ts';

/** An answer, as far as the way to the next one depends on it. */
export interface Page {
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** How many items it had, and how many came with it and all before. */
  readonly items: number;
  readonly sum: number;
  /** 1 for the first. */
  readonly number: number;
}

/** The request of the first page. */
export function firstPage(request: HttpRequest, paging: Paging | null): HttpRequest {
  if (paging === null || paging.by === 'next' || paging.by === 'cursor') return request;
  const [name, value] = paging.by === 'page' ? [paging.page, paging.first] : [paging.offset, 0];
  return withParameter(request, paging.in, name, String(value));
}

/**
 * The request of the page after this one; null: it was the last.
 * @throws Fault source.paging (reconfigure) when it would lead to another host: our headers are not for it
 */
export function nextPage(
  request: HttpRequest,
  current: HttpRequest,
  paging: Paging | null,
  page: Page,
): HttpRequest | null {
  if (paging === null) return null;
  switch (paging.by) {
    case 'next': {
      const next = paging.next === 'Link' ? linkOf(page.headers['link'] ?? '') : textAt(page.json, paging.next);
      return next === null ? null : { ...request, url: sameHost(current.url, next) };
    }
    case 'cursor': {
      const cursor = textAt(page.json, paging.cursor);
      return cursor === null ? null : withParameter(request, paging.in, paging.parameter, cursor);
    }
    case 'page':
      if (page.items === 0) return null;
      return withParameter(request, paging.in, paging.page, String(paging.first + page.number));
    case 'offset':
      if (page.items === 0) return null;
      return withParameter(request, paging.in, paging.offset, String(page.sum));
  }
}

function textAt(json: unknown, path: string): string | null {
  const [value] = valuesAt(json, path);
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
  return text === '' ? null : text;
}

/** RFC 8288: `<https://…?page=2>; rel="next"`. */
function linkOf(header: string): string | null {
  const found = header
    .split(/,(?=\s*<)/)
    .find((link) => /;\s*rel="?(?:[^";]*\s)?next(?:\s[^";]*)?"?(?:;|\s*$)/i.test(link));
  return /<([^>]*)>/.exec(found ?? '')?.[1] ?? null;
}

function sameHost(from: string, next: string): string {
  if (URL.canParse(next, from)) {
    const url = new URL(next, from);
    if (url.origin === new URL(from).origin) return url.href;
  }
  const cure = 'its next page must be at the same address: check paging.next, or the address (http or https?)';
  throw new Fault('source.paging', 'reconfigure', { place: placeOf(from), found: placeOf(next), cure });
}

function withParameter(request: HttpRequest, where: 'query' | 'body', name: string, value: string): HttpRequest {
  if (where === 'body') {
    const body = typeof request.body === 'object' && request.body !== null ? request.body : {};
    return { ...request, body: { ...body, [name]: /^\d{1,15}$/.test(value) ? Number(value) : value } };
  }
  const url = new URL(request.url);
  url.searchParams.set(name, value);
  return { ...request, url: url.href };
}
