// A stand-in for Mailchimp: putting a member of a list by the digest of the address, as documented, and
// nothing else.
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { memberHash } from '../services/marketing.js';

const member = z.strictObject({
  email_address: z.email(),
  status_if_new: z.enum(['subscribed', 'pending']),
  merge_fields: z.strictObject({ FNAME: z.string(), STEP: z.string(), STEPAT: z.iso.datetime(), STEPID: z.uuid() }),
});

const problem = (status, title, detail) => ({ type: 'about:blank', title, status, detail, instance: '' });

export function marketing(server, { outside, settings }) {
  server.addHook('onRequest', async (request, reply) => {
    const { failing, latencyMs } = outside.disturbances.marketing;
    if (latencyMs > 0) await pause(latencyMs);
    if (failing) return reply.code(500).send(problem(500, 'Internal Server Error', 'An unexpected error occurred.'));
  });

  server.put('/3.0/lists/:list/members/:hash', async (request, reply) => {
    const [, encoded] = /^Basic (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    const [, key] = Buffer.from(encoded ?? '', 'base64').toString().split(':');
    if (key !== settings.MARKETING_KEY) {
      return reply.code(401).send(problem(401, 'API Key Invalid', 'Your API key may be invalid.'));
    }
    const { list, hash } = request.params;
    if (list !== settings.MARKETING_LIST) {
      return reply.code(404).send(problem(404, 'Resource Not Found', 'The requested resource could not be found.'));
    }
    const given = member.safeParse(request.body);
    if (!given.success || memberHash(given.data.email_address) !== hash) {
      return reply.code(400).send(problem(400, 'Invalid Resource', 'The resource submitted could not be validated.'));
    }
    outside.putMember(hash, given.data, given.data.merge_fields.STEPID);
    return { id: hash, email_address: given.data.email_address, status: 'subscribed', list_id: list };
  });
}
