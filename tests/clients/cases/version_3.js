// How calls are performed by the AWS SDK for JavaScript 3, whichever of its packages are here.
export function byVersion3({ sqs, sns }, protocol) {
  const maker = (Client) => (key, region) =>
    new Client({
      endpoint: process.env.ENDPOINT,
      region,
      credentials: { accessKeyId: key, secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
  return {
    protocol,
    clients: { sqs: maker(sqs.SQSClient), ...(sns ? { sns: maker(sns.SNSClient) } : {}) },
    call: (client, action, members) => {
      const { [`${action}Command`]: Command } = client instanceof sqs.SQSClient ? sqs : sns;
      return client.send(new Command(members));
    },
    refusal: (error) =>
      error.$metadata?.httpStatusCode >= 400
        ? {
            status: error.$metadata.httpStatusCode,
            code: error.Code ?? error.Error?.Code ?? error.name,
            text: error.Error?.Message ?? error.Error?.message ?? error.message,
          }
        : undefined,
  };
}
