/** A TIFF (6.0) whose chain of directories was walked: one a page. */
export interface Tiff {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly isLittleEndian: boolean;
  /** Offset of each directory, in the order of the pages. */
  readonly directories: readonly number[];
}

/** One field of a directory; its values are where `at` says, inside of the file. */
interface Field {
  readonly type: number;
  readonly count: number;
  readonly at: number;
}

/** Fields by their tag. */
export type Fields = ReadonlyMap<number, Field>;

const mostPages = 5000;

/**
 * Walks the chain of image file directories (TIFF 6.0 §2): each ends in the offset of the next. Where the chain leaves the
 * file, or comes back to where it was, it ends. Null when it is no TIFF or has no directory.
 */
export function openTiff(bytes: Uint8Array): Tiff | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) return null;
  const mark = view.getUint32(0);
  const isLittleEndian = mark === 0x49492a00; // II*\0
  if (!isLittleEndian && mark !== 0x4d4d002a) return null; // MM\0*
  const directories = new Set<number>();
  let at = view.getUint32(4, isLittleEndian);
  while (at !== 0 && !directories.has(at) && directories.size < mostPages && at + 2 <= bytes.length) {
    const link = at + 2 + view.getUint16(at, isLittleEndian) * 12;
    if (link + 4 > bytes.length) break;
    directories.add(at);
    at = view.getUint32(link, isLittleEndian);
  }
  return directories.size > 0 ? { bytes, view, isLittleEndian, directories: [...directories] } : null;
}

/** Bytes of a value, by the type of its field (TIFF 6.0 §2): byte, short, long and rational are read. */
const sizes: Readonly<Record<number, number>> = { 1: 1, 3: 2, 4: 4, 5: 8 };

/** The fields of a directory of `openTiff`, without those whose type is not read or whose values are outside of the file. */
export function fieldsOf({ bytes, view, isLittleEndian }: Tiff, directory: number): Fields {
  const fields = new Map<number, Field>();
  const count = view.getUint16(directory, isLittleEndian);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * 12;
    const type = view.getUint16(entry + 2, isLittleEndian);
    const size = (sizes[type] ?? 0) * view.getUint32(entry + 4, isLittleEndian);
    const at = size <= 4 ? entry + 8 : view.getUint32(entry + 8, isLittleEndian);
    if (size === 0 || at + size > bytes.length) continue;
    fields.set(view.getUint16(entry, isLittleEndian), { type, count: size / (sizes[type] ?? 1), at });
  }
  return fields;
}

/** The values of a field, a rational as its quotient; at most `most`. None when the field is missing. */
export function numbersOf({ view, isLittleEndian }: Tiff, fields: Fields, tag: number, most: number): number[] {
  const field = fields.get(tag);
  if (field === undefined) return [];
  const { type, count, at } = field;
  const read = (i: number): number => {
    if (type === 1) return view.getUint8(at + i);
    if (type === 3) return view.getUint16(at + 2 * i, isLittleEndian);
    if (type === 4) return view.getUint32(at + 4 * i, isLittleEndian);
    return view.getUint32(at + 8 * i, isLittleEndian) / view.getUint32(at + 8 * i + 4, isLittleEndian);
  };
  return Array.from({ length: Math.min(count, most) }, (_, i) => read(i));
}
