import type { IncomingMail } from '../connector/index.ts';

/**
 * Gives a stream to `keep`, and tells apart whose failure it was: whoever reads a stream may throw something of his own.
 *
 * @returns what the stream itself failed with, null when all of it was kept
 * @throws what `keep` throws when the stream was well
 */
export async function handOver(
  stream: AsyncIterable<Uint8Array>,
  keep: (bytes: IncomingMail['bytes']) => Promise<void>,
): Promise<unknown> {
  const failed: { by: unknown } = { by: null };
  try {
    await keep(watched(stream, failed));
    return null;
  } catch (error) {
    if (failed.by === null) throw error;
    return failed.by;
  }
}

async function* watched(stream: AsyncIterable<Uint8Array>, failed: { by: unknown }): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    failed.by = error;
    throw error;
  }
}
