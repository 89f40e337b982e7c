import { readdirSync, readFileSync } from 'node:fs';
import { sha256Hex } from '../../core/hash.ts';

export interface Asset {
  readonly type: string;
  readonly body: string;
}

/** The styles and scripts of the pages, by a name that holds the hash of what is in them: browsers may keep them for ever. */
export interface Assets {
  /** letopis.css → letopis.1f2e3d4c.css */
  readonly nameOf: (file: string) => string;
  readonly byName: ReadonlyMap<string, Asset>;
}

export function loadAssets(): Assets {
  const folder = new URL('../assets/', import.meta.url);
  const names = new Map<string, string>();
  const byName = new Map<string, Asset>();
  for (const file of readdirSync(folder)) {
    const kind = kinds.find(({ ending }) => file.endsWith(ending));
    if (!kind) continue;
    const body = kind.slim(readFileSync(new URL(file, folder), 'utf8'));
    const hash = sha256Hex(body).slice(0, 8);
    const name = `${file.slice(0, -kind.ending.length)}.${hash}${kind.ending}`;
    names.set(file, name);
    byName.set(name, { type: kind.type, body });
  }
  return {
    nameOf(file) {
      const name = names.get(file);
      if (name === undefined) throw new Error(`no asset ${file} in ${folder.href}`);
      return name;
    },
    byName,
  };
}

const kinds = [
  { ending: '.css', type: 'text/css; charset=utf-8', slim: slimStyle },
  { ending: '.js', type: 'text/javascript; charset=utf-8', slim: slimScript },
  { ending: '.svg', type: 'image/svg+xml', slim: (text: string) => text.trim() },
] as const;

/** Comments and blanks stay at home: the page has 15 KB in all. Our styles hold no strings with braces or colons. */
function slimStyle(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .trim();
}

/** Only whole lines: comments of their own line and indentation. */
function slimScript(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('//') && !line.startsWith('/*') && !line.startsWith('*'))
    .join('\n');
}
