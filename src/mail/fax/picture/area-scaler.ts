export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Pictures taller than this are made narrower instead: a fax can be one sheet of 20 metres. */
const tallest = 12_000;

/**
 * The size of the picture of a page: of the page's own shape, at most `widthPx` wide and not wider than its pixels.
 *
 * @param pixelRatio height of a pixel over its width: 204 × 98 dots an inch give 2.08
 */
export function fitPage(page: Size, pixelRatio: number, widthPx: number): Size {
  const width = Math.max(1, Math.min(widthPx, page.width));
  const height = Math.max(1, Math.round((width * page.height * pixelRatio) / page.width));
  if (height <= tallest) return { width, height };
  return { width: Math.max(1, Math.round((width * tallest) / height)), height: tallest };
}

/**
 * Scales a grey picture, row by row, each pixel the average of the area it covers: a line thinner than a pixel turns grey, it
 * does not vanish. Only two rows of the source and the result are held in memory.
 */
export class AreaScaler {
  readonly #from: Size;
  readonly #to: Size;
  readonly #pixels: Uint8Array;
  /** Sum of the source row left of each column. */
  readonly #before: Float64Array;
  readonly #row: Float64Array;
  /** The row of the result that is not full yet, and its place. */
  readonly #sum: Float64Array;
  #y = 0;
  #rows = 0;

  constructor(from: Size, to: Size) {
    this.#from = from;
    this.#to = to;
    this.#pixels = new Uint8Array(to.width * to.height);
    this.#before = new Float64Array(from.width + 1);
    this.#row = new Float64Array(to.width);
    this.#sum = new Float64Array(to.width);
  }

  /** Rows taken. */
  get rows(): number {
    return this.#rows;
  }

  /** The next row of the source, 0 black to 255 white; rows beyond its height are left out. */
  add(row: Uint8Array): void {
    const { width, height } = this.#to;
    const tall = this.#from.height;
    this.#shrink(row);
    // Heights are counted in 1/tall of a row of the result, so that they are whole numbers.
    let top = this.#rows * height;
    const bottom = ++this.#rows * height;
    while (top < bottom && this.#y < height) {
      const end = Math.min(bottom, (this.#y + 1) * tall);
      const weight = (end - top) / tall;
      for (let x = 0; x < width; x++) this.#sum[x] = (this.#sum[x] ?? 0) + weight * (this.#row[x] ?? 0);
      if (end === (this.#y + 1) * tall) this.#flush();
      top = end;
    }
  }

  /** The picture, row by row; what was not added is white. */
  finish(): Uint8Array {
    const white = new Uint8Array(this.#from.width).fill(255);
    while (this.#rows < this.#from.height) this.add(white);
    return this.#pixels;
  }

  #shrink(row: Uint8Array): void {
    const { width } = this.#to;
    const wide = this.#from.width;
    let sum = 0;
    for (let x = 0; x < wide; x++) {
      sum += row[x] ?? 255;
      this.#before[x + 1] = sum;
    }
    let left = 0;
    for (let x = 0; x < width; x++) {
      const edge = ((x + 1) * wide) / width;
      const whole = Math.floor(edge);
      const right = (this.#before[whole] ?? 0) + (edge - whole) * (row[whole] ?? 0);
      this.#row[x] = ((right - left) * width) / wide;
      left = right;
    }
  }

  #flush(): void {
    const { width } = this.#to;
    for (let x = 0; x < width; x++) this.#pixels[this.#y * width + x] = Math.round(this.#sum[x] ?? 0);
    this.#sum.fill(0);
    this.#y++;
  }
}
