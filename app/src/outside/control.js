// Control of the stand-ins: how the pages and the tests read what was received and disturb the receiving.
import { z } from 'zod';

const disturbance = z.strictObject({
  receiver: z.enum(['crm', 'marketing', 'email']),
  failing: z.boolean().optional(),
  latencyMs: z.number().int().min(0).max(60_000).optional(),
});

export function control(server, { outside, settings }) {
  server.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization !== `Bearer ${settings.OUTSIDE_TOKEN}`) return reply.code(401).send();
  });
  server.get('/', async () => outside.summary());
  server.get('/ledger', async () => outside.ledger());
  server.get('/mails/:number', async (request, reply) => {
    return outside.mail(Number(request.params.number) || 0) ?? reply.code(404).send({});
  });
  server.post('/disturb', async (request, reply) => {
    const given = disturbance.safeParse(request.body);
    if (!given.success) return reply.code(400).send({});
    const { receiver, ...change } = given.data;
    Object.assign(outside.disturbances[receiver], change);
    return outside.disturbances;
  });
}
