import { z } from 'zod';
import type { Operation } from './operation.ts';
import { apiRoot, operations } from './operations.ts';
import { problemCodes } from './problem.ts';

type Json = Readonly<Record<string, unknown>>;

const intro = `What the company's CRM gives and takes. Tokens are made by \`letopis token add\`; docs/api.md tells the rest.
Lists come in the order things changed; \`next\` of the last page is kept to go on from there later.`;

const Problem = z
  .looseObject({
    type: z.enum(problemCodes.map((code) => `urn:letopis:problem:${code}`)),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('what exactly, and what to do'),
    errors: z
      .array(
        z.object({
          pointer: z.string().describe('JSON pointer into the body').optional(),
          parameter: z.string().optional(),
          header: z.string().optional(),
          detail: z.string(),
        }),
      )
      .optional(),
  })
  .describe('RFC 9457');

/** The OpenAPI 3.1 document, made from the schemas that requests are read by. */
export function openApi(): Json {
  const components: Components = new Map();
  const problem = schemaOf(Problem, 'output', components);
  const paths: Record<string, Record<string, Json>> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation, components) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Letopis', version: '1', description: intro },
    servers: [{ url: apiRoot }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      responses: {
        Problem: { description: 'It was not done', content: { 'application/problem+json': { schema: problem } } },
      },
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function describe(operation: Operation, components: Components): Json {
  const { id, method, summary, scope, body, answer } = operation;
  return {
    operationId: id,
    summary,
    description: `Needs the scope \`${scope}\`.`,
    parameters: parametersOf(operation, components),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(body, 'input', components) } },
          },
        }),
    responses: {
      [answer.status]: {
        description: 'Done',
        ...(answer.schema === undefined
          ? {}
          : { content: { 'application/json': { schema: schemaOf(answer.schema, 'output', components) } } }),
      },
      ...(method === 'PUT' ? { 201: { description: 'Made', content: contentOf(answer.schema, components) } } : {}),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function contentOf(schema: z.ZodType | undefined, components: Components): Json {
  return schema === undefined ? {} : { 'application/json': { schema: schemaOf(schema, 'output', components) } };
}

function parametersOf({ method, path, query, id }: Operation, components: Components): readonly Json[] {
  const text = { type: 'string' };
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => {
    const schema = name === 'id' ? { type: 'string', format: 'uuid' } : text;
    return { name, in: 'path', required: true, schema };
  });
  const inQuery = Object.entries(query?.shape ?? {}).map(([name, field]) => {
    const { description, ...schema } = schemaOf(field, 'input', components);
    return { name, in: 'query', required: false, schema, ...(description === undefined ? {} : { description }) };
  });
  const idempotency = {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    schema: { type: 'string', maxLength: 255 },
    description: 'the same key and body within 24 hours: done once, answered alike',
  };
  const ifMatch = {
    name: 'If-Match',
    in: 'header',
    required: false,
    schema: text,
    description:
      id === 'changeContact'
        ? 'the ETag of the contact you read; needed unless `version` stands in the body'
        : 'the ETag of what you read: nothing is written over unseen',
  };
  const headers = method === 'POST' ? [idempotency] : method === 'GET' ? [] : [ifMatch];
  return [...inPath, ...inQuery, ...headers];
}

/**
 * A schema as the document writes it. Those with a name stand among the components and are pointed at. Patterns go where a
 * format says the same: the one of a date-time is longer than the rest of the schema.
 */
function schemaOf(schema: z.ZodType | z.core.$ZodType, io: 'input' | 'output', components: Components): Json {
  const printed: Json = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // A number that is read from a text takes anything, says zod; for readers it is a number.
      if (zodSchema._zod.def.type === 'number' && jsonSchema.type === undefined) jsonSchema.type = 'integer';
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      // What is sent may not have unknown fields; what is answered may get new ones.
      if (io === 'output') delete jsonSchema.additionalProperties;
    },
  });
  const { $schema: _, $defs, id, ...own } = printed;
  for (const [name, one] of Object.entries($defs ?? {})) components.set(name, pointing(one));
  if (typeof id !== 'string') return pointing(own);
  components.set(id, pointing(own));
  return { $ref: `#/components/schemas/${id}` };
}

type Components = Map<string, Json>;

/** Named schemas lie elsewhere in OpenAPI, and do not say their own names. */
function pointing(schema: Json): Json {
  const text = JSON.stringify(schema, (key, value: unknown) =>
    key === '' && typeof value === 'object' && value !== null ? { ...value, id: undefined } : value,
  );
  const moved: unknown = JSON.parse(text.replaceAll('"#/$defs/', '"#/components/schemas/'));
  return typeof moved === 'object' && moved !== null ? { ...moved } : {};
}
