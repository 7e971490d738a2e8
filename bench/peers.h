// Peers: other servers that are measured beside Penstock. Each runs on loopback, on a port and in a directory
// of its own, with the settings that make it sync what it acknowledges; it ends with its object.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "bench/child_process.h"

namespace penstock {

struct Peer {
  std::string name;
  std::string version;
  std::uint16_t port = 0;
  std::unique_ptr<ChildProcess> beside;  // what it cannot do without, and what ends after it
  std::unique_ptr<ChildProcess> process;
  pid_t server = 0;  // whose CPU counts: what was started may only be its guardian
};

// `program` is where Debian puts it. All throw if it does not take connections within a minute.
Peer start_redis(const std::string& program, const std::string& directory);  // appendonly, appendfsync always
Peer start_beanstalkd(const std::string& program,
                      const std::string& directory);  // -b, -f 0: a sync for each write
Peer start_nginx(const std::string& program,
                 const std::string& directory);  // one worker: `return 200`; /kilobyte: with 1 KB
Peer start_rabbitmq(const std::string& program,
                    const std::string& directory);  // one node, with an epmd of its own
// fauxqs of npm, by bench/emulator/run.js. It keeps messages in memory.
Peer start_emulator(const std::string& node, const std::string& script, const std::string& directory);

}  // namespace penstock
