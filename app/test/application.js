// Application: what the tests that run real processes need: settings for a daemon of their own, the stand-ins in
// this process, events in the queues, and what came of them.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { encode } from '../src/events.js';
import { serveOutside } from '../src/outside.js';
import { provision } from '../src/queues/provision.js';
import { Topology } from '../src/queues/topology.js';
import { readSettings } from '../src/settings.js';
import { OutsideView } from '../src/web/outside_view.js';
import { ownDaemon, scratchDirectory } from './daemon.js';

const source = join(import.meta.dirname, '../src');

export class Application {
  // `more` are further variables.
  static async start(after, more = {}) {
    const application = new Application();
    const daemon = await ownDaemon(after);
    application.data = await scratchDirectory(after);
    const given = { APP_DATA: application.data, OUTSIDE_LISTEN: '127.0.0.1:0', OUTSIDE_SMTP_LISTEN: '127.0.0.1:0', ...more };
    const stop = new AbortController();
    const { promise, resolve } = Promise.withResolvers();
    const serving = serveOutside(readSettings(given), stop.signal, resolve);
    after(() => {
      stop.abort();
      return serving;
    });
    const { http, smtp } = await promise;
    application.environment = {
      PATH: process.env.PATH,
      ...daemon.environment,
      ...given,
      CRM_URL: `http://127.0.0.1:${http}/salesforce`,
      MARKETING_URL: `http://127.0.0.1:${http}/mailchimp`,
      SMTP_URL: `smtp://127.0.0.1:${smtp}`,
      OUTSIDE_URL: `http://127.0.0.1:${http}/control`,
    };
    application.settings = readSettings(application.environment);
    application.outside = new OutsideView(application.settings);
    application.clients = daemon.clients(after);
    application.found = await provision(new Topology(application.settings), application.clients, application.settings);
    return application;
  }

  // Runs a program of src/ to its end.
  async run(program) {
    const child = spawn(process.execPath, [join(source, program)], { env: this.environment, stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
    const code = await new Promise((resolve) => child.once('close', resolve));
    return { code, said };
  }

  // Puts the events into the queues of all services.
  async send(events) {
    for (const { url } of this.found.queues) {
      for (let i = 0; i < events.length; i += 10) {
        const Entries = events.slice(i, i + 10).map((event, index) => ({ Id: String(index), MessageBody: encode(event) }));
        const { Failed } = await this.clients.sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
        if (Failed?.length) throw new Error(Failed[0].Message);
      }
    }
  }

  // Messages that are still in the queues, visible or in flight.
  async left() {
    const AttributeNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    let sum = 0;
    for (const { url } of this.found.queues) {
      const { Attributes } = await this.clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames }));
      sum += Number(Attributes[AttributeNames[0]]) + Number(Attributes[AttributeNames[1]]);
    }
    return sum;
  }
}

// Resolves when `condition` has become true; rejects if that takes too long.
export async function until(condition, what, seconds = 60) {
  for (const end = Date.now() + seconds * 1000; !(await condition()); ) {
    if (Date.now() > end) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
