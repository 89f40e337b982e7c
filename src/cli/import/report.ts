import { type CsvFormat, formatWords, type Rejection } from '../../directory/files/csv.ts';
import { systemClock } from '../../ops/clock.ts';
import { usageError } from '../base/arguments.ts';
import type { Io } from '../base/command.ts';
import { progressOn } from '../base/progress.ts';

/** How an import is wanted. */
export interface ImportWish {
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** `name=Название,phone=Телефон` → { name: 'Название', phone: 'Телефон' }; a comma in a header stands in quotes. */
export function readColumns(given: readonly string[]): Readonly<Record<string, string>> {
  const pairs = given.flatMap((text) => text.match(/(?:[^,"]|"[^"]*")+/g) ?? []);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name = '', header = ''] = /^\s*([a-z]+)\s*=\s*(.+?)\s*$/u.exec(pair) ?? [];
      if (name === '') throw usageError(`--columns ${pair}: expected our name and the header, such as name=Название`);
      return [name, header.replaceAll('"', '')];
    }),
  );
}

/** How the file was read (in a dry run always, else where it is not the usual way), and what else should be known of it. */
export function tellRead(
  io: Io,
  file: string,
  {
    format,
    notes,
    dryRun,
  }: { readonly format: CsvFormat | null; readonly notes: readonly string[]; readonly dryRun: boolean },
): void {
  if (format !== null && (dryRun || !format.encoding.startsWith('utf')))
    io.err(`${file}: read as ${formatWords(format)}`);
  for (const note of notes) if (!note.startsWith('read as ')) io.err(`${file}: ${note}`);
}

/** @param unit what a line is called there: `line` is written as in `file:12` */
export function tellRejected(io: Io, file: string, rejected: readonly Rejection[], unit = 'line'): void {
  for (const { line, column, value, reason } of rejected) {
    const place = unit === 'line' ? `${file}:${line}` : `${file} ${unit} ${line}`;
    io.err(
      `${place}${column === null ? '' : ` ${column}`}: ${reason}${value === '' ? '' : `, found ${JSON.stringify(value)}`}`,
    );
  }
}

/** For a person who looks on; where nobody does, a line every ten seconds of what takes longer. */
export function importProgress(io: Io, json: boolean) {
  const progress = progressOn(io, (text) => process.stderr.write(text), systemClock.monotonicMs);
  const isShown = (done: number, all: number) => !json && (io.isTTY || done < all);
  return {
    show(done: number, all: number) {
      if (isShown(done, all)) progress.show(done, all);
    },
    end() {
      if (!json) progress.end();
    },
  };
}
