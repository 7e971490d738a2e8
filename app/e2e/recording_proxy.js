// RecordingProxy: stands between the application and the broker, and lets nothing through but what AWS offers:
// POST to the root or to a queue's own path, with the name of an action of SQS or SNS. What else is asked is
// noted and refused, so that the suite fails if the application knew of a path that AWS does not have. What the broker
// does not allow the application to do is noted as well.
import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';

const actions = {
  sqs: /^(CreateQueue|DeleteQueue|GetQueueUrl|(Get|Set)QueueAttributes|SendMessage(Batch)?|ReceiveMessage|DeleteMessage(Batch)?|ChangeMessageVisibility(Batch)?|StartMessageMoveTask)$/,
  sns: /^(CreateTopic|DeleteTopic|Publish|Subscribe|ListSubscriptionsByTopic|ListTopics|SetSubscriptionAttributes)$/,
};

export class RecordingProxy {
  #server;
  #ca;
  counts = {};
  refused = [];
  denied = [];

  // `target()` gives the origin to pass requests on to; both speak TLS with the certificate (files, daemon.js).
  static async start(target, { certificate, key }) {
    const proxy = new RecordingProxy();
    proxy.#ca = await readFile(certificate);
    proxy.#server = createServer({ cert: proxy.#ca, key: await readFile(key) }, (asked, answer) => proxy.#pass(asked, answer, target()));
    proxy.#server.listen(0, '127.0.0.1');
    await new Promise((resolve) => proxy.#server.once('listening', resolve));
    proxy.endpoint = `https://127.0.0.1:${proxy.#server.address().port}`;
    return proxy;
  }

  async #pass(asked, answer, target) {
    const pieces = [];
    for await (const piece of asked) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const action = actionOf(asked, body);
    if (!action) {
      this.refused.push(`${asked.method} ${asked.url} ${asked.headers['x-amz-target'] ?? ''}`);
      answer.writeHead(599).end();
      return;
    }
    this.counts[action] = (this.counts[action] ?? 0) + 1;
    // The Host goes through as it is: it is signed, and the URL of a queue is made of it, so it leads here again.
    const onward = request(new URL(asked.url, target), { method: 'POST', headers: asked.headers, ca: this.#ca });
    answer.once('close', () => onward.destroy());
    onward.once('error', () => answer.destroy());
    onward.once('response', (got) => {
      if (got.statusCode === 403) this.#deny(action);
      answer.writeHead(got.statusCode, got.headers);
      got.pipe(answer);
    });
    onward.end(body);
  }

  // At once also where a test of the suite looks (policy.test.js): the process may be ended at any time.
  #deny(action) {
    this.denied.push(action);
    if (process.env.E2E_DENIED) appendFileSync(process.env.E2E_DENIED, `${action}\n`);
  }

  end() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

function actionOf({ method, url, headers }, body) {
  if (method !== 'POST' || !/^\/(\d{12}\/[A-Za-z0-9_-]{1,80}(\.fifo)?)?$/.test(url)) return undefined;
  const [, sqs] = /^AmazonSQS\.(\w+)$/.exec(headers['x-amz-target'] ?? '') ?? [];
  if (sqs) return actions.sqs.test(sqs) ? sqs : undefined;
  const sns = new URLSearchParams(body.toString()).get('Action') ?? '';
  return actions.sns.test(sns) ? sns : undefined;
}
