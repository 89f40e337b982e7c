import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Load {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `__the_number__` stands where each one has a number of its own. */
  readonly body: string;
  readonly connections: number;
  readonly posts: number;
  /** The first number. */
  readonly first: number;
}

export interface LoadReport {
  readonly answered: number;
  /** Of the answers, those other than 200. */
  readonly refused: number;
  readonly p99Ms: number;
}

/** A process that posts; see post-load.ts. */
export interface LoadMaker {
  run(load: Load): Promise<LoadReport>;
  close(): void;
}

export function openLoad(): LoadMaker {
  const child = fork(fileURLToPath(new URL('./post-load.js', import.meta.url)));
  return {
    run: (load) =>
      new Promise((resolve, reject) => {
        const ended = (code: number | null) => reject(new Error(`the load ended with ${code}`));
        child.once('exit', ended);
        child.once('message', (report: LoadReport) => {
          child.off('exit', ended);
          resolve(report);
        });
        child.send(load);
      }),
    close: () => void child.kill(),
  };
}
