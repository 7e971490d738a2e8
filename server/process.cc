#include "server/process.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>

#include <algorithm>
#include <thread>
#include <type_traits>

#include "server/command_line.h"
#include "server/server.h"

namespace penstock {
namespace {

// Descriptors for the store's files and all that is not a connection.
constexpr rlim_t kOtherDescriptors = 1024;

int report(const StartRefusal& refusal) {
  std::fprintf(stderr, "penstock: %s\n", refusal.text.c_str());
  return refusal.exit_code;
}

void begin_log(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("penstock"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  spdlog::set_level(spdlog::level::from_str(level));
}

// As many descriptors as allowed; fewer connections if that is too few.
void fit_descriptors(Settings& settings) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= settings.connections_max + kOtherDescriptors)
    return;
  const rlim_t half = std::max<rlim_t>(limit.rlim_cur / 2, 1);
  const rlim_t rest = limit.rlim_cur > 2 * kOtherDescriptors ? limit.rlim_cur - kOtherDescriptors : half;
  spdlog::warn("the limit of {} open files allows {} connections, not {}", limit.rlim_cur, rest,
               settings.connections_max);
  settings.connections_max = rest;
}

void warn_of_exposure(const Settings& settings) {
  for (const Endpoint& endpoint : settings.listen) {
    if (!endpoint.loopback()) {
      spdlog::warn("requests are not verified: everybody who reaches {} may use it", endpoint.text());
    }
  }
}

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

int wait_for_signal() {
  const sigset_t signals = ending_signals();
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  return signal;
}

}  // namespace

int run(const Settings& given, const StoreOpener& open_store) {
  Settings settings = given;
  umask(077);
  std::signal(SIGPIPE, SIG_IGN);
  // Blocked here, hence in every thread to come: they are waited for, not handled.
  const sigset_t signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  begin_log(settings.log_level);
  fit_descriptors(settings);
  warn_of_exposure(settings);

  auto server = Server::start(settings, {open_store, true});
  if (!server) return report(server.error());
  std::printf("%s\n", (*server)->ready_line().c_str());
  std::fflush(stdout);

  const int signal = wait_for_signal();
  spdlog::info("stopping on {}; a second signal ends at once", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  std::thread([] { _exit(128 + wait_for_signal()); }).detach();
  (*server)->stop();
  spdlog::info("stopped");
  spdlog::default_logger()->flush();
  return 0;
}

int run(std::vector<std::string> words, const StoreOpener& open_store) {
  auto asked = read_command_line(std::move(words), process_environment());
  if (!asked) return report(asked.error());
  if (const Print* const print = std::get_if<Print>(&*asked)) {
    std::fputs(print->text.c_str(), stdout);
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
