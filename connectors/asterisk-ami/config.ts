import { z } from 'zod';

const charset = z.string().refine((label) => {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}, 'expected the name of a character set, such as windows-1251 or koi8-u');

export const Config = z
  .strictObject({
    host: z.string().min(1).describe('host name or address of the exchange'),
    port: z.int().min(1).max(65535).optional().describe('AMI port; 5038, or 5039 with tls'),
    username: z.string().min(1).describe('section name in manager.conf'),
    secret: z.string().min(1).describe('its secret; write ${env:NAME} or ${file:PATH}'),
    auth: z.enum(['md5', 'plain']).default('md5').describe('how to log in: md5 never sends the secret itself'),
    tls: z
      .union([
        z.boolean(),
        z.strictObject({
          ca: z.string().optional().describe('PEM text of the authority that signed it; write ${file:PATH}'),
          insecure: z.boolean().default(false).describe('true: accept any certificate'),
        }),
      ])
      .default(false)
      .describe('encrypt the link; the certificate is verified'),
    legacyCharset: charset
      .default('windows-1251')
      .describe('charset of caller names that are not UTF-8 (Asterisk 16 and older pass them through)'),
    timeoutSeconds: z
      .int()
      .min(1)
      .max(120)
      .default(10)
      .describe('an exchange that does not answer for this long is taken for lost'),
  })
  .transform(({ port, tls, ...rest }) => {
    const secure = tls === true ? { insecure: false } : tls === false ? null : tls;
    return { ...rest, tls: secure, port: port ?? (secure ? 5039 : 5038) };
  });
export type Config = z.output<typeof Config>;
