<?php

// Symfony Messenger on its SQS transport, as its documentation sets it up without the framework around it:
// `ledger.php send N` or `ledger.php work`.

require_once 'Symfony/Component/Messenger/Bridge/AmazonSqs/autoload.php';
require_once 'Symfony/Component/Messenger/autoload.php';
require_once 'Symfony/Component/EventDispatcher/autoload.php';
require_once 'Symfony/Component/HttpClient/autoload.php';

use Psr\Container\ContainerInterface;
use Symfony\Component\EventDispatcher\EventDispatcher;
use Symfony\Component\Messenger\Bridge\AmazonSqs\Transport\AmazonSqsTransportFactory;
use Symfony\Component\Messenger\EventListener\DispatchPcntlSignalListener;
use Symfony\Component\Messenger\EventListener\SendFailedMessageForRetryListener;
use Symfony\Component\Messenger\EventListener\StopWorkerOnSigtermSignalListener;
use Symfony\Component\Messenger\Handler\HandlersLocator;
use Symfony\Component\Messenger\MessageBus;
use Symfony\Component\Messenger\Middleware\HandleMessageMiddleware;
use Symfony\Component\Messenger\Middleware\SendMessageMiddleware;
use Symfony\Component\Messenger\Retry\MultiplierRetryStrategy;
use Symfony\Component\Messenger\Transport\Sender\SendersLocator;
use Symfony\Component\Messenger\Transport\Serialization\PhpSerializer;
use Symfony\Component\Messenger\Worker;
use Symfony\Contracts\Service\ServiceLocatorTrait;

class Book
{
    public function __construct(public int $number, private string $customer = 'Müller & <Söhne>')
    {
    }

    public function customer(): string
    {
        return $this->customer;
    }
}

function locator(array $factories): ContainerInterface
{
    return new class($factories) implements ContainerInterface {
        use ServiceLocatorTrait;
    };
}

// Every seventh fails, the first time that it is tried.
function failsNow(int $number): bool
{
    return 3 === $number % 7 && false !== @fopen(getenv('HOME')."/failed-$number", 'x');
}

function book(Book $book): void
{
    if ('Müller & <Söhne>' !== $book->customer()) {
        throw new LogicException('not what was sent');
    }
    if (failsNow($book->number)) {
        echo "failed $book->number\n";
        throw new RuntimeException('the ledger is away');
    }
    echo "handled $book->number\n";
}

$dsn = str_replace('http://', 'sqs://', getenv('ENDPOINT')).'/'.getenv('QUEUE');
$transport = (new AmazonSqsTransportFactory())->createTransport("$dsn?sslmode=disable", [
    'access_key' => getenv('AWS_ACCESS_KEY_ID'),
    'secret_key' => getenv('AWS_SECRET_ACCESS_KEY'),
    'region' => 'us-east-1',
], new PhpSerializer());
$bus = new MessageBus([
    new SendMessageMiddleware(new SendersLocator([Book::class => ['sqs']], locator(['sqs' => fn () => $transport]))),
    new HandleMessageMiddleware(new HandlersLocator([Book::class => ['book']])),
]);

if ('send' === $argv[1]) {
    for ($number = 0; $number < (int) $argv[2]; ++$number) {
        $bus->dispatch(new Book($number));
    }
    exit(0);
}

$events = new EventDispatcher();
$events->addSubscriber(new DispatchPcntlSignalListener());
$events->addSubscriber(new StopWorkerOnSigtermSignalListener());
$events->addSubscriber(new SendFailedMessageForRetryListener(
    locator(['sqs' => fn () => $transport]),
    locator(['sqs' => fn () => new MultiplierRetryStrategy(3, 1000)]),
));
(new Worker(['sqs' => $transport], $bus, $events))->run();
