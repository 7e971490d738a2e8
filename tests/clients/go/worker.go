// A worker and its sender on the AWS SDK for Go 2, as Debian has it: `worker send N` or `worker work`.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

const receivers = 4

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func send(ctx context.Context, client *sqs.Client, count int) {
	var missing *types.QueueDoesNotExist
	_, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(os.Getenv("QUEUE"))})
	if !errors.As(err, &missing) {
		check(fmt.Errorf("not the error of a missing queue: %v", err))
	}
	queue, err := client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String(os.Getenv("QUEUE"))})
	check(err)
	for number := 0; number < count; {
		var entries []types.SendMessageBatchRequestEntry
		for ; len(entries) < 10 && number < count; number++ {
			body := strconv.Itoa(number)
			entries = append(entries, types.SendMessageBatchRequestEntry{
				Id: aws.String(body), MessageBody: aws.String(body),
				MessageAttributes: map[string]types.MessageAttributeValue{
					"number": {DataType: aws.String("Number"), StringValue: aws.String(body)},
					"bytes":  {DataType: aws.String("Binary"), BinaryValue: []byte{0, 1, 255}},
				},
			})
		}
		// The SDK compares the digest of each body, here and at the receive.
		sent, err := client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{QueueUrl: queue.QueueUrl, Entries: entries})
		check(err)
		if len(sent.Failed) > 0 {
			check(errors.New(*sent.Failed[0].Message))
		}
	}
}

// Every seventh fails, the first time that it is tried.
func failsNow(number int) bool {
	if number%7 != 3 {
		return false
	}
	name := filepath.Join(os.Getenv("HOME"), "failed-"+strconv.Itoa(number))
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false
	}
	file.Close()
	return true
}

// Receives until stop is done; what it has received and not begun by then, and what has failed, it gives back.
func receive(stop context.Context, client *sqs.Client, url *string) {
	ctx := context.Background()
	for stop.Err() == nil {
		got, err := client.ReceiveMessage(stop, &sqs.ReceiveMessageInput{
			QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 10,
			MessageAttributeNames: []string{"All"},
		})
		if stop.Err() != nil && err != nil {
			return
		}
		check(err)
		for _, message := range got.Messages {
			if *message.MessageAttributes["number"].StringValue != *message.Body ||
				string(message.MessageAttributes["bytes"].BinaryValue) != "\x00\x01\xff" {
				check(errors.New("the attributes are not those that were sent"))
			}
			number, err := strconv.Atoi(*message.Body)
			check(err)
			if stop.Err() == nil && !failsNow(number) {
				fmt.Printf("handled %d\n", number)
				_, err = client.DeleteMessage(ctx, &sqs.DeleteMessageInput{
					QueueUrl: url, ReceiptHandle: message.ReceiptHandle})
			} else {
				if stop.Err() == nil {
					fmt.Printf("failed %d\n", number)
				}
				_, err = client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
					QueueUrl: url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0})
			}
			check(err)
		}
	}
}

// This SDK sometimes closes a connection itself while it reads the answer, with AWS too. Those of 2025 and later try
// again by themselves.
func closedItself(err error) aws.Ternary {
	if errors.Is(err, net.ErrClosed) {
		return aws.TrueTernary
	}
	return aws.UnknownTernary
}

func main() {
	ctx := context.Background()
	settings, err := config.LoadDefaultConfig(ctx)
	check(err)
	client := sqs.NewFromConfig(settings, func(options *sqs.Options) {
		options.Retryer = retry.NewStandard(func(standard *retry.StandardOptions) {
			standard.Retryables = append(standard.Retryables, retry.IsErrorRetryableFunc(closedItself))
		})
		options.EndpointResolver = sqs.EndpointResolverFromURL(os.Getenv("ENDPOINT"))
	})
	if len(os.Args) == 3 && os.Args[1] == "send" {
		count, err := strconv.Atoi(os.Args[2])
		check(err)
		send(ctx, client, count)
		return
	}
	stop, cancel := signal.NotifyContext(ctx, syscall.SIGTERM)
	defer cancel()
	queue, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(os.Getenv("QUEUE"))})
	check(err)
	var working sync.WaitGroup
	for i := 0; i < receivers; i++ {
		working.Add(1)
		go func() {
			defer working.Done()
			receive(stop, client, queue.QueueUrl)
		}()
	}
	working.Wait()
}
