#include "server/name_resolver.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace penstock {
namespace {

struct Question {
  std::uint64_t id = 0;
  std::string host;
  std::shared_ptr<NameResolver::LookUp> look_up;
};

std::vector<IpAddress> addresses_of(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  std::vector<IpAddress> addresses;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return addresses;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    IpAddress address{};
    if (each->ai_family == AF_INET) {
      address[10] = address[11] = 0xff;
      const auto* v4 = reinterpret_cast<const sockaddr_in*>(each->ai_addr);
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(&v4->sin_addr);
      std::copy(bytes, bytes + 4, address.begin() + 12);
    } else if (each->ai_family == AF_INET6) {
      const auto* v6 = reinterpret_cast<const sockaddr_in6*>(each->ai_addr);
      std::copy(std::begin(v6->sin6_addr.s6_addr), std::end(v6->sin6_addr.s6_addr), address.begin());
    } else {
      continue;
    }
    if (std::find(addresses.begin(), addresses.end(), address) == addresses.end())
      addresses.push_back(address);
  }
  freeaddrinfo(list);
  return addresses;
}

}  // namespace

struct NameResolver::State {
  std::mutex lock;
  std::condition_variable asked;
  std::deque<Question> questions;
  std::size_t threads = 0;
  std::size_t resting = 0;
  Found found;  // null: nobody wants to know any more

  static void work(const std::shared_ptr<State>& state) {
    std::unique_lock guard(state->lock);
    while (state->found) {
      if (state->questions.empty()) {
        ++state->resting;
        state->asked.wait(guard);
        --state->resting;
        continue;
      }
      const Question question = std::move(state->questions.front());
      state->questions.pop_front();
      if (!question.look_up->wanted.load(std::memory_order_relaxed)) continue;
      question.look_up->begun.store(true, std::memory_order_relaxed);
      guard.unlock();
      std::vector<IpAddress> addresses = addresses_of(question.host);
      guard.lock();
      // With the lock held, so that it is never called behind the destructor.
      if (state->found) state->found(question.id, std::move(addresses));
    }
  }
};

NameResolver::NameResolver(Found found) : state_(std::make_shared<State>()) {
  state_->found = std::move(found);
}

NameResolver::~NameResolver() {
  const std::lock_guard guard(state_->lock);
  state_->found = nullptr;
  state_->asked.notify_all();
}

void NameResolver::ask(std::uint64_t id, const std::string& host, std::shared_ptr<LookUp> look_up) {
  const std::lock_guard guard(state_->lock);
  state_->questions.push_back({id, host, std::move(look_up)});
  state_->asked.notify_one();
  // Those that rest may have been asked already and not have begun.
  if (state_->resting >= state_->questions.size() || state_->threads == kThreadsMax) return;
  try {
    std::thread thread([state = state_] { State::work(state); });
    ++state_->threads;
    pthread_setname_np(thread.native_handle(), "resolver");
    thread.detach();
  } catch (const std::system_error&) {
    // No room for a thread: those that are there take the question, or it ends by the asker's clock.
  }
}

}  // namespace penstock
