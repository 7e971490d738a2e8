// A stand-in for Salesforce: the token endpoint and the upsert by external id, as documented, and nothing
// else. A token lives for half a minute here, so that everybody who forgets to renew it finds out.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const tokenLivesMs = 30_000;

// What each object takes: the field that is its external id, and its fields.
const objects = {
  Contact: {
    key: 'Account_Id__c',
    fields: z.strictObject({ LastName: z.string().min(1).max(80), Email: z.email(), HasOptedOutOfEmail: z.boolean() }),
  },
  Money_Movement__c: {
    key: 'Event_Id__c',
    fields: z.strictObject({
      Kind__c: z.enum(['deposit', 'transfer']),
      Amount__c: z.number().positive(),
      At__c: z.iso.datetime(),
      Recipient__c: z.string().max(255).nullable(),
      Contact__r: z.strictObject({ Account_Id__c: z.uuid() }),
    }),
  },
};

const credentials = (settings) =>
  z.strictObject({
    grant_type: z.literal('client_credentials'),
    client_id: z.literal(settings.CRM_CLIENT_ID),
    client_secret: z.literal(settings.CRM_CLIENT_SECRET),
  });

const errors = (...entries) => entries.map(([errorCode, message]) => ({ message, errorCode }));

export function crm(server, { outside, settings }) {
  server.addHook('onRequest', async (request, reply) => {
    const { failing, latencyMs } = outside.disturbances.crm;
    if (latencyMs > 0) await pause(latencyMs);
    if (failing) return reply.code(503).send(errors(['SERVER_UNAVAILABLE', 'The server is too busy']));
  });

  server.post('/services/oauth2/token', async (request, reply) => {
    if (!credentials(settings).safeParse(request.body).success) {
      return reply.code(400).send({ error: 'invalid_client', error_description: 'invalid client credentials' });
    }
    const token = `00D!${randomBytes(24).toString('hex')}`;
    outside.addToken(token, tokenLivesMs);
    return {
      access_token: token,
      instance_url: `${request.protocol}://${request.host}${server.prefix}`,
      token_type: 'Bearer',
      issued_at: String(Date.now()),
    };
  });

  server.patch('/services/data/v62.0/sobjects/:object/:keyField/:key', async (request, reply) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (!token || !outside.hasToken(token)) {
      return reply.code(401).send(errors(['INVALID_SESSION_ID', 'Session expired or invalid']));
    }
    const { object, keyField, key } = request.params;
    const known = Object.hasOwn(objects, object) ? objects[object] : undefined;
    if (!known || known.key !== keyField || !z.uuid().safeParse(key).success) {
      return reply.code(404).send(errors(['NOT_FOUND', 'The requested resource does not exist']));
    }
    const fields = known.fields.safeParse(request.body);
    if (!fields.success) {
      return reply.code(400).send(errors(['INVALID_FIELD', fields.error.issues[0].message]));
    }
    const created = outside.putRecord(object, key, fields.data);
    return reply.code(created ? 201 : 200).send({ id: key.replaceAll('-', '').slice(0, 18), success: true, errors: [], created });
  });
}
