// Declaration: the queues, topics and subscriptions that somebody wants to be there, from whatever file or
// setting, each with the place where it was said.
//
// It holds texts as they were written; what they mean, and whether they are right, the API's own actions
// judge (resources/declaring.h). Only the short forms are gone: a dead-letter queue that was named is the
// attribute RedrivePolicy that it stands for, a subscription's queue is its endpoint.
#pragma once

#include <string>
#include <vector>

#include "broker/address.h"
#include "broker/queue_attributes.h"

namespace penstock {

// What cannot be, and where it was said: "resources.yaml:3:5", or the name of a setting.
struct DeclarationFault {
  std::string where;
  std::string what;

  std::string text() const { return where + ": " + what; }
};

struct DeclaredAttribute {
  std::string name;
  std::string value;
  std::string where;
};
using DeclaredAttributes = std::vector<DeclaredAttribute>;

// What queues and topics have in common.
struct DeclaredResource {
  World world;
  std::string name;
  std::string where;
  DeclaredAttributes attributes = {};
  std::vector<Tag> tags = {};
  std::string tags_where = {};

  bool fifo() const { return name.ends_with(".fifo"); }
};

struct DeclaredQueue : DeclaredResource {};

struct DeclaredSubscription {
  std::string protocol;
  std::string endpoint;
  std::string where;
  DeclaredAttributes attributes = {};
};

struct DeclaredTopic : DeclaredResource {
  std::vector<DeclaredSubscription> subscriptions = {};
};

// A queue that something else was said to need. It is to be there when all is done.
struct NeededQueue {
  World world;
  std::string name;
  std::string where;
};

struct Declaration {
  std::vector<DeclaredQueue> queues;
  std::vector<DeclaredTopic> topics;
  std::vector<NeededQueue> needed;

  bool empty() const { return queues.empty() && topics.empty(); }
  std::size_t subscriptions() const {
    std::size_t count = 0;
    for (const DeclaredTopic& topic : topics) count += topic.subscriptions.size();
    return count;
  }
};

}  // namespace penstock
