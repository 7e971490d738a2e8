// What plays of declared resources stand on: a world that is declared to and described, without a daemon.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "resources/declaring.h"
#include "resources/rehearsal.h"

namespace penstock {

// The world of documents that name none.
World home();
DispatchSettings stage_settings();

class Stage {
 public:
  // Declares the text, as the daemon does: all of it or nothing. Empty: done; otherwise the fault.
  std::string declare(std::string_view text);
  // How many calls the last one that was done has made.
  std::size_t calls() const { return calls_; }

  // As `penstock export` prints it.
  std::string described() const;

  // Another caller's call.
  std::string call(const ApiCall& call);

  bool has_queue(const std::string& name) const { return real_.has_queue(home(), name); }
  bool has_queue(const World& world, const std::string& name) const { return real_.has_queue(world, name); }
  bool has_topic(const std::string& name) const { return real_.has_topic(home(), name); }

 private:
  SeededRandom random_{7};
  Rehearsal real_{{{}, from_epoch_milliseconds(1'790'000'000'000)}, stage_settings(), {}, random_};
  std::size_t calls_ = 0;
};

// A file of the repository.
std::string repository_file(const std::string& path);

}  // namespace penstock
