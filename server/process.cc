#include "server/process.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <thread>

#include "server/caller_source.h"
#include "server/command_line.h"
#include "server/log.h"
#include "server/memory_plan.h"
#include "server/server.h"
#include "server/version.h"

namespace penstock {
namespace {

// Descriptors for the store's files and all that is not a connection, of a client or to a receiver.
constexpr rlim_t kOtherDescriptors = 1024;

int report(const StartRefusal& refusal) {
  std::fprintf(stderr, "penstock: %s\n", refusal.text.c_str());
  return refusal.exit_code;
}

// As many descriptors as allowed; fewer connections if that is too few.
void fit_descriptors(Settings& settings) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t others = kOtherDescriptors + settings.limits.outgoing_max;
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= settings.connections_max + others) return;
  const rlim_t half = std::max<rlim_t>(limit.rlim_cur / 2, 1);
  const rlim_t rest = limit.rlim_cur > 2 * others ? limit.rlim_cur - others : half;
  log_warning("the limit of open files allows fewer connections than were asked for",
              {{"open_files", limit.rlim_cur}, {"connections", rest}, {"asked", settings.connections_max}});
  settings.connections_max = rest;
}

// Has the bounds fit into the memory there is, and says what they are then.
void fit_bounds(Settings& settings) {
  if (settings.memory_max == MemoryMax::kOff) return;
  const bool said = settings.memory_max == MemoryMax::kSaid;
  const std::optional<std::uint64_t> limit = said ? settings.memory_max_bytes : memory_limit();
  if (!limit) return;
  const MemoryPlan plan = fit_memory(settings, *limit);
  if (!plan.fits) {
    log_warning("the memory limit is too little for what the daemon may come to hold; raise it, or lower what was set",
                {{"limit_bytes", plan.limit_bytes}, {"may_hold_bytes", plan.planned_bytes}});
  }
  if (plan.shrunk.empty()) return;
  log_info("bounds were made to fit the memory limit; --memory-max off leaves them",
           {{"limit_bytes", plan.limit_bytes},
            {"from", said ? "memory-max" : "cgroup"},
            {"request_memory_max", settings.request_bytes_max},
            {"answer_memory_max", settings.answer_bytes_max},
            {"mailbox_memory_max", settings.mailbox_bytes_max},
            {"window_memory_max", settings.limits.window_bytes_max},
            {"deduplication_memory_max", settings.limits.dedup_bytes_max},
            {"recorded_deliveries_memory_max", settings.recorded_deliveries_bytes_max},
            {"store_memory_max", settings.store_bytes_max},
            {"touched_max", settings.limits.touched_max},
            {"connections_max", settings.connections_max},
            {"waiting_receivers_max", settings.limits.waiting_receivers_max}});
}

void warn_of_exposure(const Settings& settings) {
  if (settings.auth == Auth::kVerify) return;
  for (const Endpoint& endpoint : settings.listen) {
    if (!endpoint.loopback()) {
      log_warning("requests are not verified: everybody who reaches this address may use it",
                  {{"listen", endpoint.text()}});
    }
  }
}

std::string addresses(const std::vector<Endpoint>& endpoints) {
  std::string text;
  for (const Endpoint& endpoint : endpoints) text += (text.empty() ? "" : ",") + endpoint.text();
  return text;
}

std::string_view name_of(Durability durability) {
  switch (durability) {
    case Durability::kFsync:
      return "fsync";
    case Durability::kInterval:
      return "interval";
    case Durability::kMemory:
      return "memory";
  }
  return {};
}

void tell_start(const Settings& settings, const Server& server) {
  log_info("started", {{"version", version()},
                       {"durability", name_of(settings.durability)},
                       {"listen", addresses(server.api())},
                       {"tls_listen", addresses(server.tls())},
                       {"admin_listen", server.admin().empty() ? "off" : addresses(server.admin())},
                       {"admin_tls_listen", addresses(server.admin_tls())},
                       {"data", settings.durability == Durability::kMemory ? "" : settings.data.string()},
                       {"config", settings.config},
                       {"queues", server.broker().gauges().queues.load(std::memory_order_relaxed)}});
}

void tell_stop(const Server& server, std::chrono::steady_clock::duration lived) {
  const BrokerThread::Gauges& gauges = server.broker().gauges();
  log_info("stopped", {{"seconds", std::chrono::duration_cast<std::chrono::seconds>(lived).count()},
                       {"requests", server.requests()},
                       {"decisions", gauges.commands.load(std::memory_order_relaxed)},
                       {"commits", gauges.commits.load(std::memory_order_relaxed)},
                       {"queues", gauges.queues.load(std::memory_order_relaxed)}});
}

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int wait_for(const sigset_t& signals) {
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

// SIGTERM or SIGINT. Until then SIGHUP has what can change read anew.
int serve_until_told(Server& server) {
  sigset_t signals = ending_signals();
  sigaddset(&signals, SIGHUP);
  while (true) {
    const int signal = wait_for(signals);
    if (signal != SIGHUP) return signal;
    if (const auto wrong = server.reload()) {
      log_error("what was read anew cannot be used", {{"why", *wrong}});
    }
  }
}

}  // namespace

int run(const Settings& given, const StoreOpener& open_store) {
  Settings settings = given;
  umask(077);
  std::signal(SIGPIPE, SIG_IGN);
  // Blocked here, hence in every thread to come: they are waited for, not handled.
  sigset_t signals = ending_signals();
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  begin_log(settings);
  fit_bounds(settings);
  fit_descriptors(settings);
  warn_of_exposure(settings);
  // Backups hold all that the data directory does.
  const std::string data =
      settings.durability == Durability::kMemory ? std::string() : settings.data.string();
  for (const std::string& directory : {data, settings.backup_directory}) {
    if (const auto refusal = judge_exposure(settings, exposure_of(directory))) return report(*refusal);
  }

  const auto began = std::chrono::steady_clock::now();
  auto server = Server::start(settings, {open_store, true});
  if (!server) return report(server.error());
  tell_start(settings, **server);
  std::printf("%s\n", (*server)->ready_line().c_str());
  std::fflush(stdout);

  const int signal = serve_until_told(**server);
  log_info("stopping; a second signal ends at once", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"},
                                                      {"grace_s", settings.shutdown_grace.count()}});
  std::thread([] { _exit(128 + wait_for(ending_signals())); }).detach();
  (*server)->stop();
  tell_stop(**server, std::chrono::steady_clock::now() - began);
  flush_log();
  return 0;
}

int run(std::vector<std::string> words, const StoreOpener& open_store) {
  umask(077);
  auto asked = read_command_line(std::move(words), process_environment());
  if (!asked) return report(asked.error());
  if (const Print* const print = std::get_if<Print>(&*asked)) {
    std::fputs(print->text.c_str(), stdout);
    return 0;
  }
  if (const AskHealth* const ask = std::get_if<AskHealth>(&*asked)) {
    const HealthFinding finding = check_health(ask->url);
    std::fprintf(finding.ready ? stdout : stderr, "penstock: %s\n", finding.text.c_str());
    return finding.ready ? 0 : kExitNotReady;
  }
  if (const DoctorCommand* const doctor = std::get_if<DoctorCommand>(&*asked)) return examine_and_tell(*doctor);
  if (!std::holds_alternative<Serve>(*asked)) {
    const auto done = std::visit(
        [](const auto& command) -> tl::expected<std::string, StartRefusal> {
          if constexpr (requires { perform(command); }) return perform(command);
          return std::string();
        },
        *asked);
    if (!done) return report(done.error());
    std::fputs(done->c_str(), stdout);
    return 0;
  }
  const Serve& serve = std::get<Serve>(*asked);
  for (const std::string& name : serve.unknown_variables) {
    std::fprintf(stderr, "penstock: the environment variable %s means nothing here and is ignored\n",
                 name.c_str());
  }
  return run(serve.settings, open_store);
}

}  // namespace penstock
