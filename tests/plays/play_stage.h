// PlayStage: where a play is performed: a broker with its group commit and store, and virtual time.
//
// After every step everything that can happen without time passing happens, unless it is held back: pages
// come, commits become durable, answers leave. The steps, with optional parts in brackets:
//
//     limits [publication-bytes N] [window-bytes N] [window-queue-bytes N] [deduplication-bytes N] [in-flight N] [in-flight-queue N]
//     [waiting N]
//            [purge-interval N] [recreate-wait N] [deleted-names N]
//     queue Q [delay N] [visibility N] [retention N] [wait N] [size N] [managed on|off] [kms KEY|none]
//             [fifo [content] [scope-group]] [tag KEY=VALUE...]   CreateQueue
//     set Q [delay N] ... [kms KEY|none]                  SetQueueAttributes, attributes as above
//             [policy TEXT|none]
//     permit Q LABEL ACCOUNT ACTION                       AddPermission
//     withdraw Q LABEL                                    RemovePermission
//     find Q · purge Q · delete-queue Q
//     list PREFIX [after NAME] [max N]                    ListQueues; `*` is the empty prefix
//     tag Q KEY=VALUE... · untag Q KEY... · tags Q
//     send Q BODY [delay N] [size N] [bytes N] [as WHO]   `bytes`: the body is padded to so many
//             [group GROUP] [id ID]                       without an id: that of the content
//     send-batch Q BODY[/SIZE]... [delay N] [group GROUP]
//     receive Q [max N] [wait N] [visibility N] [attempt ID] [as WHO]
//     delete Q MESSAGE [as WHO] · delete-batch Q MESSAGE...
//     visibility Q MESSAGE N [as WHO]                     ChangeMessageVisibility
//     visibility-batch Q MESSAGE... N
//     counts Q
//     sources Q [after NAME] [max N]                      the queues whose dead-letter queue it is
//     move Q [to Q] [rate N] · tasks Q [max N] · cancel Q move tasks; cancelled is the latest
//     knows BODY                                          what its latest receive told of where it has been
//     peek Q [state S] [max N] [on]                       its messages, without receiving them; `...`: there may
//                                                         be more, which `on` goes on with
//     expect Q [visible N] [in-flight N] [delayed N] [sent N] [received N] [deleted N] [timeout N]
//     reset everything|ACCOUNT                            what tests ask (broker/controls.h)
//     advance N                                           so many seconds of virtual time
//     topic T [fifo [content] [scope-group]]              CreateTopic
//     subscribe T Q [raw] [filter JSON] [scope body] [dead-letter Q]
//     listen T NAME [raw] [policy JSON] [filter JSON] [dead-letter Q]
//                                                         Subscribe of a receiver by HTTP, not confirmed yet;
//                                                         its endpoint is called NAME
//     confirm T NAME                                      ConfirmSubscription with its latest token
//     hear NAME [raw]                                     what is under way to it and not answered: bodies
//                                                         (`confirm` and `goodbye` of confirmations)
//     answer NAME BODY delivered|failed|refused|untried   what became of the oldest such attempt: `done`,
//                                                         `retried`, `dead`, `dropped` or `gone`
//     topic-policy T JSON                                 its DeliveryPolicy
//     unsubscribe T Q [nameless] · delete-topic T
//     publish T BODY [bytes N] [group GROUP] [id ID] [attribute NAME=VALUE] [as WHO]
//     publish-batch T BODY... [bytes N] [group GROUP]
//     may Q ACCOUNT[/USER]|anybody ACTION [identity silent|denies]
//                                                         finds the queue in their name, as if that were
//                                                         ACTION; a user's own policies allow it otherwise
//     then WHO                                            what WHO's last request was answered by now
//     tick N [unnoticed]                                  so many seconds pass (fractions too); unnoticed:
//                                                         the broker learns of it by the next step only
//     hold commits|pages|bodies · release commits|pages|bodies     look-ups are held with the pages
//     release pages early                                 they come before the broker learns what time it is
//     forget WHO                                          WHO's connection ends while waiting
//     undeliver WHO                                       no byte of WHO's last answer left
//     reload                                              a new broker goes on from the facts
//     crash [written]                                     what is not durable is lost, or just in time
//                                                         written
//     tells Q                                             what it tells for metrics; the age of the oldest
//                                                         visible message in whole seconds
//     body-count Q                                        bodies on disk
//
// MESSAGE is a body: the handle of its latest receive; `BODY#2` is the handle of its second one;
// `forged:BODY` is the latest handle with another nonce. In a batch `refused` is an entry that its
// parameters have condemned.
//
// Expected: `ok`, `waits` (no answer has left), `nothing`, `refused CODE`, `duplicate of BODY`, or the
// messages in order, each with its receive count if the play cares: `hello count 2, other`. Of a batch: a
// word for each entry, with commas. Without an arrow a step expects `ok`.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/plays/play.h"
#include "tests/simulator/simulated_process.h"

namespace penstock {

class PlayStage {
 public:
  PlayStage();

  // Empty if all went as the play says, else what happened instead and where.
  std::string perform(const Play& play);

 private:
  // The words of a step behind its verb: named numbers, and who asks.
  struct Options;

  // What a step led to; an Error if the step cannot be understood.
  Result<std::string> perform(const Step& step);
  Result<std::string> ask(const Step& step, const Options& options, bool of_topic);
  Result<Operation> operation_of(const Step& step, const Options& options) const;
  Result<TopicOperation> topic_operation_of(const Step& step, const Options& options) const;
  static Publish publish_of(const std::string& topic, const std::string& body, const Options& options);
  Result<std::string> direct(const Step& step, const Options& options);
  // In whose name `may` asks.
  static AccessQuestionPtr question_of(const Options& options);
  static AccessQuestionPtr question_of_move(const Options& options);
  static Send send_of(const std::string& word, const Options& options);
  template <class Entry, class MakeEntry>
  Result<std::vector<Result<Entry>>> entries_of(const std::vector<std::string>& messages,
                                                const MakeEntry& make_entry) const;
  Result<ReceiptHandle> handle_of(const std::string& message) const;
  void set_limits(const Options& options);
  void restart();
  // Everything happens that needs no time and is not held back.
  void settle();
  // Whether any came.
  bool supply_pages();
  void release();
  std::string told(const std::string& who) const;
  std::string told_of(const std::string& queue) const;
  std::size_t body_count(const std::string& queue) const;
  std::string known_of(const std::string& body) const;
  std::string heard_by(const std::string& receiver) const;
  Result<std::string> answer(const Step& step, const Options& options);

  BrokerLimits limits_;
  MemoryTable disk_;
  std::unique_ptr<SimulatedProcess> process_;
  SeededRandom random_{1};
  std::uint64_t incarnation_ = 0;
  Time now_ = from_epoch_milliseconds(1'800'000'000'000);
  std::map<std::string, std::vector<QueueAddress>> created_;  // every queue there ever was, by name
  bool hold_commits_ = false;
  bool hold_pages_ = false;
  bool hold_bodies_ = false;

  std::uint64_t next_request_ = 1;
  std::map<std::string, Ticket> tickets_;                                  // of each one's last request
  std::map<MessageId, std::pair<Ticket, std::string>> sent_;               // who sent it, and its body
  std::map<std::pair<std::string, std::string>, SubscriptionId> subscriptions_;  // by topic and queue
  struct Outgoing {
    std::string receiver;
    QueueAddress outbox;
    Delivery delivery;
  };
  std::vector<Outgoing> outgoing_;                                         // under way to receivers by HTTP
  std::map<std::string, std::string> tokens_;                              // the latest of each of them
  std::map<Ticket, Answer> answers_;                                       // that have left
  std::map<std::string, std::map<std::uint32_t, ReceiptHandle>> handles_;  // by body and receive count
  std::map<std::string, Delivery> deliveries_;                             // the latest, by body
  std::map<std::string, MessageId> first_ids_;                             // as it was sent, by body
  std::map<std::string, MessageId> tasks_;                                 // the latest of each queue
  std::map<std::string, ReceiptHandle> latest_;                            // by body
  std::map<std::string, PeekPosition::OfQueue> peeked_;                    // where the last peek would go on
  Milliseconds time_ahead_{0};                                             // virtual time
};

}  // namespace penstock
