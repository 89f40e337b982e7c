import { clientOperations } from './clients.ts';
import { contactOperations } from './contacts.ts';
import { officeOperations } from './office.ts';
import type { Operation } from './operation.ts';
import { peopleOperations } from './people.ts';
import { pointOperations } from './points.ts';

/** Everything a program can do. */
export const operations: readonly Operation[] = [
  ...clientOperations,
  ...peopleOperations,
  ...pointOperations,
  ...contactOperations,
  ...officeOperations,
];

/** Where all of them stand, below the base path. */
export const apiRoot = '/api/v1';
