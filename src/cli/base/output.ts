import type { Finding } from '../../config.ts';
import type { Fault } from '../../core/fault.ts';

/** `file:line:column path: expected …`; warnings say so after the path. */
export function findingLine({ level, file, line, column, path, message }: Finding): string {
  const where = `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}`;
  return `${where}: ${level === 'warning' ? 'warning: ' : ''}${message}`;
}

/** A fault in one line: its code, what it is about, and its cause where that adds something. */
export function faultLine(fault: Fault): string {
  const { message, ...facts } = fault.facts;
  const about = Object.entries(facts)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`);
  const cause = fault.cause instanceof Error ? fault.cause.message : undefined;
  const parts = [typeof message === 'string' ? message : undefined, about.join(', ') || undefined, cause];
  return [fault.code, ...parts.filter((part) => part !== undefined)].join(': ');
}
