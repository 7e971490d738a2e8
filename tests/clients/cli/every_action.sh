#!/usr/bin/env bash
# Everything that the daemon offers, by the AWS command line. A case is a function; it holds if it comes to its
# end. Each call starts a Python of its own, so the cases are few and full. Bytes are given in base64, as its second
# version wants them.
set -uo pipefail

sqs() { aws --endpoint-url "$ENDPOINT" --output text sqs "$@"; }
sns() { aws --endpoint-url "$ENDPOINT" --output text sns "$@"; }

same() {
  if [[ $1 != "$2" ]]; then
    printf '%q is not %q\n' "$1" "$2" >&2
    return 1
  fi
}

# refused CODE WORDS...: the call to SQS, or to SNS, fails and names the code.
refused() { refused_by sqs "$@"; }
refused_by() {
  local service=$1 code=$2 said status=0
  shift 2
  said=$("$service" "$@" 2>&1) || status=$?
  if ((status == 0)) || [[ $said != *"An error occurred ($code) when calling"* ]]; then
    printf 'not %s, but %d: %s\n' "$code" "$status" "$said" >&2
    return 1
  fi
}

counts() {
  sqs get-queue-attributes --queue-url "$1" --attribute-names All --query \
    'Attributes.[ApproximateNumberOfMessages,ApproximateNumberOfMessagesNotVisible,ApproximateNumberOfMessagesDelayed]'
}

case_queues() {
  local url
  url=$(sqs create-queue --queue-name cli --attributes VisibilityTimeout=41,DelaySeconds=0 --tags team=ledger)
  same "$url" "$ENDPOINT/000000000000/cli"
  same "$(sqs get-queue-url --queue-name cli)" "$url"
  same "$(sqs list-queues --queue-name-prefix cl --query QueueUrls)" "$url"
  sqs set-queue-attributes --queue-url "$url" --attributes '{"VisibilityTimeout":"50","MessageRetentionPeriod":"60"}'
  same "$(sqs get-queue-attributes --queue-url "$url" --attribute-names VisibilityTimeout MessageRetentionPeriod \
    QueueArn --query 'Attributes.[VisibilityTimeout,MessageRetentionPeriod,QueueArn]')" \
    $'50\t60\tarn:aws:sqs:us-east-1:000000000000:cli'
}
says_queues='Queues are created, found, listed, changed and described'

case_pages() {
  local name
  for name in 1 2 3; do sqs create-queue --queue-name "page-$name" >/dev/null; done
  same "$(sqs list-queues --queue-name-prefix page- --page-size 2 --output json --query 'length(QueueUrls)')" 3
  same "$(sqs list-queues --queue-name-prefix page- --max-items 2 --output json --query 'length(QueueUrls)')" 2
}
says_pages='A long list is put together from its pages'

case_tags() {
  local url=$ENDPOINT/000000000000/cli
  sqs tag-queue --queue-url "$url" --tags stage=test,cost=0
  sqs untag-queue --queue-url "$url" --tag-keys cost
  same "$(sqs list-queue-tags --queue-url "$url" --query 'Tags.[team,stage,cost]')" $'ledger\ttest\tNone'
}
says_tags='Tags are added, listed and taken away'

case_messages() {
  local url handle attributes
  attributes='{"kind":{"DataType":"String","StringValue":"große <Ada> & co"},
    "amount":{"DataType":"Number","StringValue":"-12.50"},
    "bytes":{"DataType":"Binary","BinaryValue":"YWJj"}}'
  url=$(sqs create-queue --queue-name messages)
  same "$(sqs send-message --queue-url "$url" --message-body 'hello, größe & <co>' --message-attributes "$attributes" \
    --message-system-attributes '{"AWSTraceHeader":{"DataType":"String","StringValue":"Root=1-5759e988-bd86"}}' \
    --query MD5OfMessageBody)" "$(printf %s 'hello, größe & <co>' | md5sum | cut -c1-32)"
  handle=$(sqs receive-message --queue-url "$url" --query 'Messages[0].ReceiptHandle')
  sqs change-message-visibility --queue-url "$url" --receipt-handle "$handle" --visibility-timeout 0
  same "$(sqs receive-message --queue-url "$url" --attribute-names All --message-attribute-names All --query 'Messages[].[
    Body, Attributes.ApproximateReceiveCount, Attributes.AWSTraceHeader, MessageAttributes.kind.StringValue,
    MessageAttributes.amount.StringValue, MessageAttributes.bytes.BinaryValue, MessageAttributes.bytes.DataType]')" \
    $'hello, größe & <co>\t2\tRoot=1-5759e988-bd86\tgroße <Ada> & co\t-12.50\tYWJj\tBinary'
  same "$(counts "$url")" $'0\t1\t0'
  sqs delete-message --queue-url "$url" --receipt-handle "$handle"
  same "$(counts "$url")" $'0\t0\t0'
}
says_messages='A message with attributes is sent, received, made visible again and deleted'

case_poll() {
  local url sent
  url=$(sqs create-queue --queue-name poll)
  { sleep 1.5 && sqs send-message --queue-url "$url" --message-body late; } >/dev/null &
  sent=$!
  same "$(sqs receive-message --queue-url "$url" --wait-time-seconds 20 --query 'Messages[].Body')" late
  wait "$sent"
  sqs purge-queue --queue-url "$url"
  same "$(counts "$url")" $'0\t0\t0'
  refused AWS.SimpleQueueService.PurgeQueueInProgress purge-queue --queue-url "$url"
}
says_poll='A long poll wakes, and a purge empties'

case_batches() {
  local url handle
  url=$(sqs create-queue --queue-name batches)
  same "$(sqs send-message-batch --queue-url "$url" --entries Id=a,MessageBody=one Id=b,MessageBody=two \
    Id=c,MessageBody=three,DelaySeconds=900 --query 'length(Successful)')" 3
  same "$(counts "$url")" $'2\t0\t1'
  same "$(sqs send-message-batch --queue-url "$url" --entries Id=a,MessageBody=one Id=b,MessageBody=x,DelaySeconds=901 \
    --query '[length(Successful),Failed[0].Id,Failed[0].Code]')" $'1\tb\tInvalidParameterValue'
  handle=$(sqs receive-message --queue-url "$url" --query 'Messages[0].ReceiptHandle')
  same "$(sqs change-message-visibility-batch --queue-url "$url" --entries \
    "Id=a,ReceiptHandle=$handle,VisibilityTimeout=600" Id=b,ReceiptHandle=wrong,VisibilityTimeout=600 \
    --query '[Successful[0].Id,Failed[0].Id,Failed[0].Code]')" $'a\tb\tReceiptHandleIsInvalid'
  same "$(sqs delete-message-batch --queue-url "$url" --entries "Id=a,ReceiptHandle=$handle" Id=b,ReceiptHandle=wrong \
    --query '[Successful[0].Id,Failed[0].Id,Failed[0].Code]')" $'a\tb\tReceiptHandleIsInvalid'
  refused AWS.SimpleQueueService.BatchEntryIdsNotDistinct send-message-batch --queue-url "$url" --entries \
    Id=a,MessageBody=x Id=a,MessageBody=y
}
says_batches='Batches of each kind do each entry by itself'

case_fifo() {
  local url
  url=$(sqs create-queue --queue-name cli.fifo --attributes FifoQueue=true,ContentBasedDeduplication=true)
  sqs send-message --queue-url "$url" --message-body one --message-group-id g >/dev/null
  sqs send-message --queue-url "$url" --message-body two --message-group-id g >/dev/null
  sqs send-message --queue-url "$url" --message-body one --message-group-id g >/dev/null
  same "$(sqs receive-message --queue-url "$url" --max-number-of-messages 10 --receive-request-attempt-id try \
    --query 'Messages[].Body')" $'one\ttwo'
  same "$(sqs receive-message --queue-url "$url" --max-number-of-messages 10)" ''
  refused MissingParameter send-message --queue-url "$url" --message-body three
}
says_fifo='A FIFO queue keeps its order and takes the same content once'

case_permissions() {
  local url
  url=$(sqs create-queue --queue-name permitted)
  sqs add-permission --queue-url "$url" --label partner --aws-account-ids 111111111111 --actions SendMessage
  [[ $(sqs get-queue-attributes --queue-url "$url" --attribute-names Policy --query Attributes.Policy) == \
    *'"arn:aws:iam::111111111111:root"'*'"SQS:SendMessage"'* ]]
  sqs remove-permission --queue-url "$url" --label partner
  AWS_SECRET_ACCESS_KEY=another refused SignatureDoesNotMatch list-queues
}
says_permissions='Permissions are added and taken away, and a signature by another key is refused'

case_dead_letters() {
  local url dead arn=arn:aws:sqs:us-east-1:000000000000:dead
  dead=$(sqs create-queue --queue-name dead)
  url=$(sqs create-queue --queue-name alive --attributes \
    "{\"VisibilityTimeout\":\"0\",\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"$arn\\\",\\\"maxReceiveCount\\\":\\\"1\\\"}\"}")
  same "$(sqs list-dead-letter-source-queues --queue-url "$dead" --query queueUrls)" "$url"
  sqs send-message --queue-url "$url" --message-body poison >/dev/null
  same "$(sqs receive-message --queue-url "$url" --query 'Messages[].Body')" poison
  same "$(sqs receive-message --queue-url "$url")" ''
  same "$(sqs receive-message --queue-url "$dead" --attribute-names All \
    --query 'Messages[].[Body,Attributes.DeadLetterQueueSourceArn]')" \
    $'poison\tarn:aws:sqs:us-east-1:000000000000:alive'
  refused InvalidParameterValue create-queue --queue-name nowhere --attributes \
    "{\"RedrivePolicy\":\"{\\\"deadLetterTargetArn\\\":\\\"$arn-not\\\",\\\"maxReceiveCount\\\":1}\"}"
}
says_dead_letters='What is received too often is a dead letter, whose queue knows its sources'

# subscriber NAME [ATTRIBUTES]: a queue that takes what any topic sends; prints its ARN.
subscriber() {
  local url arn=arn:aws:sqs:us-east-1:000000000000:$1
  url=$(sqs create-queue --queue-name "$1" ${2:+--attributes "$2"})
  sqs set-queue-attributes --queue-url "$url" --attributes "{\"Policy\":\"{\\\"Version\\\":\\\"2012-10-17\\\",\\\"Statement\\\":{\\\"Effect\\\":\\\"Allow\\\",\\\"Principal\\\":{\\\"Service\\\":\\\"sns.amazonaws.com\\\"},\\\"Action\\\":\\\"sqs:SendMessage\\\",\\\"Resource\\\":\\\"$arn\\\"}}\"}"
  printf %s "$arn"
}

case_topics() {
  local topic all some subscription
  topic=$(sns create-topic --name news --attributes DisplayName=News --tags Key=team,Value=ledger)
  same "$topic" arn:aws:sns:us-east-1:000000000000:news
  all=$(subscriber news-all) some=$(subscriber news-some VisibilityTimeout=3600)
  sns subscribe --topic-arn "$topic" --protocol sqs --notification-endpoint "$all" >/dev/null
  subscription=$(sns subscribe --topic-arn "$topic" --protocol sqs --notification-endpoint "$some" --return-subscription-arn \
    --attributes '{"RawMessageDelivery":"true","FilterPolicy":"{\"colour\":[\"red\"]}"}')
  sns publish --topic-arn "$topic" --message 'größe' --message-attributes \
    '{"colour":{"DataType":"String","StringValue":"red"}}' >/dev/null
  same "$(sqs receive-message --queue-url "$ENDPOINT/000000000000/news-some" --wait-time-seconds 5 --query 'Messages[].Body')" 'größe'
  same "$(sns publish-batch --topic-arn "$topic" --publish-batch-request-entries Id=a,Message=one Id=b,Message=two \
    --query '[length(Successful),length(Failed)]')" $'2\t0'
  same "$(counts "$ENDPOINT/000000000000/news-all")" $'3\t0\t0'
  same "$(counts "$ENDPOINT/000000000000/news-some")" $'0\t1\t0'
  sns set-subscription-attributes --subscription-arn "$subscription" --attribute-name FilterPolicy --attribute-value '{}'
  same "$(sns get-subscription-attributes --subscription-arn "$subscription" \
    --query 'Attributes.[RawMessageDelivery,Endpoint]')" $'true\t'"$some"
  sns set-topic-attributes --topic-arn "$topic" --attribute-name DisplayName --attribute-value Other
  same "$(sns get-topic-attributes --topic-arn "$topic" --query 'Attributes.[DisplayName,SubscriptionsConfirmed]')" $'Other\t2'
  sns tag-resource --resource-arn "$topic" --tags Key=stage,Value=test
  sns untag-resource --resource-arn "$topic" --tag-keys team
  same "$(sns list-tags-for-resource --resource-arn "$topic" --query 'Tags[].[Key,Value]')" $'stage\ttest'
  sns add-permission --topic-arn "$topic" --label partner --aws-account-id 111111111111 --action-name Publish
  [[ $(sns get-topic-attributes --topic-arn "$topic" --query Attributes.Policy) == *'"partner"'* ]]
  sns remove-permission --topic-arn "$topic" --label partner
  same "$(sns list-topics --query 'Topics[].TopicArn')" "$topic"
  same "$(sns list-subscriptions-by-topic --topic-arn "$topic" --query 'length(Subscriptions)')" 2
  same "$(sns list-subscriptions --query 'length(Subscriptions)')" 2
  sns unsubscribe --subscription-arn "$subscription"
  sns delete-topic --topic-arn "$topic"
  refused_by sns NotFound publish --topic-arn "$topic" --message x
  refused_by sns InvalidParameter create-topic --name 'not a name'
}
says_topics='Topics are made, subscribed to with a filter, published to, described, tagged, permitted and deleted'

case_fifo_topic() {
  local topic arn
  topic=$(sns create-topic --name pay.fifo --attributes FifoTopic=true,ContentBasedDeduplication=true)
  arn=$(subscriber pay.fifo FifoQueue=true)
  sns subscribe --topic-arn "$topic" --protocol sqs --notification-endpoint "$arn" --attributes RawMessageDelivery=true >/dev/null
  for body in one two one; do sns publish --topic-arn "$topic" --message "$body" --message-group-id g >/dev/null; done
  same "$(sqs receive-message --queue-url "$ENDPOINT/000000000000/pay.fifo" --max-number-of-messages 10 \
    --query 'Messages[].Body')" $'one\ttwo'
}
says_fifo_topic='A FIFO topic keeps its order and takes the same content once'

case_errors() {
  local missing=$ENDPOINT/000000000000/missing
  refused AWS.SimpleQueueService.NonExistentQueue get-queue-url --queue-name missing
  refused AWS.SimpleQueueService.NonExistentQueue send-message --queue-url "$missing" --message-body x
  refused QueueAlreadyExists create-queue --queue-name cli --attributes VisibilityTimeout=9
  refused InvalidAttributeValue create-queue --queue-name other --attributes VisibilityTimeout=43201
  refused ReceiptHandleIsInvalid delete-message --queue-url "$ENDPOINT/000000000000/cli" --receipt-handle wrong
  sqs delete-queue --queue-url "$ENDPOINT/000000000000/cli"
  refused AWS.SimpleQueueService.QueueDeletedRecently create-queue --queue-name cli
}
says_errors='Errors have their codes, and a deleted queue is gone'

number=0
status=0
for name in queues pages tags messages poll batches fifo permissions dead_letters topics fifo_topic errors; do
  number=$((number + 1))
  says=says_$name
  # Not as a condition: bash would forget the -e in it.
  said=$(set -e; "case_$name" 2>&1)
  held=$?
  if ((held == 0)); then
    printf 'ok %d - %s\n' "$number" "${!says}"
  else
    status=1
    printf 'not ok %d - %s\n' "$number" "${!says}"
    sed 's/^/# /' <<<"$said"
  fi
done
printf '1..%d\n' "$number"
exit "$status"
