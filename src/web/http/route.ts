import type { VNode } from 'preact';
import type { Language } from '../../core/language.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Key } from '../../core/token.ts';
import type { LiveHub } from '../../live/run.ts';
import type { PagePainter } from '../../mail/index.ts';
import type { Logger } from '../../ops/log.ts';
import type { Metrics } from '../../ops/metrics.ts';
import type { PromptDeps } from '../../prompt/run.ts';
import type { Visitor } from '../../store/access/sessions.ts';
import type { Db } from '../../store/base/db.ts';
import type { KeptMails } from '../contact/kept-mails.ts';
import type { Texts } from '../words/index.ts';
import type { Fields } from './fields.ts';

/**
 * Who may come here. `open`: anybody; `link`: who has a prompt's link (its handler checks the token); `session`: any
 * employee signed in; `oversight`: supervisors and IT signed in; `supervisor`: supervisors signed in; `loopback`: this machine
 * alone; `source`: an exchange or a site that its connector believes (hooks.ts); `token`: a program with a token of the scope
 * it needs (api/).
 */
export type Auth = 'open' | 'link' | 'session' | 'oversight' | 'supervisor' | 'loopback' | 'source' | 'token';

/** A way in, as test/journeys keeps the list of them. */
export interface Door {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'OPTIONS';
  /** Below the base path; `:name` stands for a part, `*` for the rest. */
  readonly path: string;
  readonly auth: Auth;
}

/** One page or action. What is not declared so does not exist: the server registers nothing else. */
export interface Route extends Door {
  readonly method: 'GET' | 'POST';
  readonly auth: Exclude<Auth, 'source' | 'token'>;
  readonly answer: (visit: Visit) => Promise<Answer>;
}

/** One request, read. */
export interface Visit {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly fields: Fields;
  readonly ip: string;
  /** Who is signed in, also where a page needs no session. */
  readonly session: Session | null;
  /** How pages are drawn for this visitor. */
  readonly view: View;
}

export interface Session {
  readonly visitor: Visitor;
  readonly hash: Buffer;
}

/** What every page needs to know to be drawn. */
export interface View {
  readonly language: Language;
  readonly texts: Texts;
  readonly zone: string;
  readonly now: Date;
  readonly visitor: Visitor | null;
  /** The address of a page of ours: base path and path. */
  readonly href: (path: string) => string;
  readonly asset: (file: string) => string;
  /** The hidden field of a form: that we drew it for this visitor and purpose. */
  readonly proof: (purpose: string) => string;
}

export type Answer =
  | { readonly kind: 'page'; readonly status?: number; readonly page: VNode }
  | { readonly kind: 'redirect'; readonly to: string; readonly cookie?: string }
  | { readonly kind: 'text'; readonly status: number; readonly type: string; readonly text: string }
  | {
      readonly kind: 'bytes';
      readonly type: string;
      readonly bytes: Uint8Array;
      /** In place of those of every answer. */
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'nothing' };

/** State of a connector as the supervisor of connectors tells it. */
export interface ConnectorStatus {
  readonly connector: string;
  readonly kind: string;
  readonly state: 'starting' | 'up' | 'retrying' | 'resting' | 'stopped';
  readonly since: Date;
  /** Code of the fault, null when all is well. */
  readonly fault: string | null;
  readonly nextTryAt: Date | null;
}

/** What the handlers stand on. */
export interface Web {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly randomBytes: (count: number) => Uint8Array;
  readonly key: Key;
  readonly publicUrl: string;
  readonly isHttps: boolean;
  readonly office: WebOffice;
  readonly live: LiveHub;
  readonly mails: KeptMails;
  readonly painter: PagePainter;
  readonly prompts: PromptDeps;
  readonly status: () => Promise<readonly ConnectorStatus[]>;
  readonly metrics: (() => Promise<{ readonly type: string; readonly text: string }>) | null;
  readonly counters: Pick<Metrics, 'draftsCompleted'> | null;
  readonly ready: () => Promise<boolean>;
  readonly asView: (visitor: Visitor | null, wishes: readonly (string | null)[], bearer: Uint8Array | null) => View;
}

export interface WebOffice {
  readonly name: string;
  readonly zone: string;
  readonly language: Language;
  /** ISO 3166: how numbers without a country code are read; absent: only international ones are. */
  readonly region?: string | null;
}

export function page(node: VNode, status = 200): Answer {
  return { kind: 'page', page: node, status };
}

/** After a form was taken: the browser asks for the next page anew, so that reloading it sends nothing twice. */
export function redirect(to: string, cookie?: string): Answer {
  return cookie === undefined ? { kind: 'redirect', to } : { kind: 'redirect', to, cookie };
}
