// Settings: everything that differs between one installation and another, read once from the environment.
//
// Where AWS is (or what stands for it) is not here: AWS_ENDPOINT_URL, AWS_REGION and the credentials are read
// by the SDK itself, so that nothing in this application knows on what it runs. An unknown value ends the
// start with a line that says which.
import { resolve } from 'node:path';
import { z } from 'zod';

// An older Node would take none of these files for the program to run, and end in silence.
if (import.meta.main === undefined) throw new Error('this application needs Node 24 or later');

const yesNo = z.enum(['yes', 'no']).transform((word) => word === 'yes');
const address = z
  .string()
  .regex(/^[^:]+:\d{1,5}$/, 'must be host:port')
  .transform((text) => ({ host: text.slice(0, text.lastIndexOf(':')), port: Number(text.slice(text.lastIndexOf(':') + 1)) }))
  .refine(({ port }) => port < 65536, 'must have a port below 65536');
const count = (low, high) => z.coerce.number().int().min(low).max(high);

const schema = z.object({
  // Where the SQLite files lie; web and worker of one machine share the directory.
  APP_DATA: z.string().default('.penstock-app').transform((path) => resolve(path)),
  APP_LISTEN: address.default({ host: '127.0.0.1', port: 4580 }),
  // Behind TLS: cookies are sent over https only.
  APP_SECURE: yesNo.default(false),
  // The pages that show and disturb the machinery; they are for a demonstration, not for the public.
  APP_DEMO: yesNo.default(false),
  // What the names of all queues and topics begin with.
  APP_PREFIX: z.string().regex(/^[A-Za-z0-9_-]{0,40}$/, 'may have letters, digits, _ and -').default(''),
  // How steps are published (publisher.js) until a page says otherwise, and whether transfers are ordered.
  APP_MODE: z.enum(['topics', 'queues', 'mixed']).default('topics'),
  APP_TRANSFERS: z.enum(['standard', 'fifo']).default('standard'),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),

  // Messages of one queue that a worker handles at a time, how long it hides them (seconds; prolonged while it
  // works), and how often one may be received before it is a dead letter.
  WORKER_CONCURRENCY: count(1, 100).default(5),
  WORKER_VISIBILITY: count(3, 43200).default(30),
  WORKER_ATTEMPTS: count(1, 100).default(5),

  CRM_URL: z.url().default('http://127.0.0.1:4581/salesforce'),
  CRM_CLIENT_ID: z.string().default('penstock'),
  CRM_CLIENT_SECRET: z.string().default('local'),
  MARKETING_URL: z.url().default('http://127.0.0.1:4581/mailchimp'),
  MARKETING_LIST: z.string().regex(/^[a-z0-9]+$/).default('customers'),
  MARKETING_KEY: z.string().default('local-us1'),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).default('smtp://127.0.0.1:4582'),
  MAIL_FROM: z.email().default('bank@penstock.example'),

  // The stand-ins for the three receivers (outside.js), and where the pages find them.
  OUTSIDE_LISTEN: address.default({ host: '127.0.0.1', port: 4581 }),
  OUTSIDE_SMTP_LISTEN: address.default({ host: '127.0.0.1', port: 4582 }),
  OUTSIDE_URL: z.url().default('http://127.0.0.1:4581/control'),
  OUTSIDE_TOKEN: z.string().default('local'),
});

export function readSettings(environment = process.env) {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const read = schema.safeParse(given);
  if (read.success) return read.data;
  const wrong = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`the environment cannot be used: ${wrong.join('; ')}`);
}
