#include "server/server.h"

#include <algorithm>
#include <future>
#include <utility>

#include "server/admin_token.h"
#include "server/caller_source.h"
#include "server/client_tls.h"
#include "server/log.h"
#include "server/smtp_password.h"

namespace penstock {
namespace {

// Each mail reads them anew, which is too late to say that nobody can be vouched for by them.
std::optional<StartRefusal> judge_mail_authorities(const Settings& settings) {
  if (settings.smtp_ca_file.empty()) return {};
  const auto wrong = wrong_with_authorities(settings.smtp_ca_file);
  if (!wrong) return {};
  return StartRefusal{kExitConfig,
                      "--smtp-ca-file: " + *wrong +
                          "; name a PEM file with the certificates of those who "
                          "vouch for the mail server, or start without it to trust whom the system trusts"};
}

}  // namespace

Server::Server(const Settings& settings, const Options& options)
    : settings_(settings),
      signer_(settings.durability == Durability::kMemory ? std::filesystem::path() : settings.data,
              "sns." + std::string(settings.region.text()) + ".amazonaws.com"),
      broker_(settings.limits, settings.mailbox_letters_max, settings.mailbox_bytes_max),
      own_caller_(broker_, settings.io_threads),
      recorded_({settings.recorded_deliveries_max, settings.recorded_deliveries_bytes_max}, broker_),
      limits_(settings, SystemRandom().next()) {
  metrics_ = {.broker = &broker_,
              .queues_max = settings_.metrics_queues_max,
              .recorded = &recorded_,
              .backups = &backups_.counts(),
              .mails = settings_.smtp_server.empty() ? nullptr : &mail_counts_,
              .faults = settings_.test_controls ? &faults_ : nullptr,
              .admin = &admin_counts_,
              .limits = &limits_};
  for (unsigned index = 0; index < settings_.io_threads; ++index) {
    request_counts_.push_back(std::make_unique<RequestCounts>());
    io_threads_.push_back(std::make_unique<IoThread>(
        IoThread::Options{.index = index,
                          .request_bytes_max = settings_.request_bytes_max / settings_.io_threads,
                          .sweeps_itself = options.sweeps_itself,
                          .answer_bytes_max = settings_.answer_bytes_max / settings_.io_threads,
                          .http = settings_.http},
        broker_));
    io_threads_.back()->start();
    metrics_.io.push_back(&io_threads_.back()->counts());
    metrics_.requests.push_back(request_counts_.back().get());
  }
  listener_.emplace(Listener::Bounds{settings_.connections_max, settings_.connections_address_max},
                    io_threads());
}

Server::~Server() { stop(); }

tl::expected<std::unique_ptr<Server>, StartRefusal> Server::start(const Settings& settings,
                                                                  const Options& options) {
  if (auto refusal = judge_mail_authorities(settings)) return tl::unexpected(*refusal);
  std::unique_ptr<Server> server(new Server(settings, options));
  if (auto refusal = server->know_callers()) return tl::unexpected(*refusal);
  if (auto refusal = server->guard_admin()) return tl::unexpected(*refusal);
  // A certificate of our own making is kept in the data directory, which opening the store may have to make first.
  const bool identified = !settings.tls_self_signed;
  if (identified) {
    if (auto refusal = server->identify()) return tl::unexpected(*refusal);
  }
  if (auto refusal = server->bind()) return tl::unexpected(*refusal);
  if (identified) server->serve_admin_tls();
  if (auto refusal = server->open(options.open_store)) return tl::unexpected(*refusal);
  if (!identified) {
    if (auto refusal = server->identify()) return tl::unexpected(*refusal);
    server->serve_admin_tls();
  }
  const auto declared = server->rehearse_declared();
  if (!declared) return tl::unexpected(declared.error());
  if (auto refusal = server->make_declared(*declared)) return tl::unexpected(*refusal);
  server->serve_api();
  for (const auto& service : server->admin_services_) service->is_ready();
  return server;
}

std::optional<StartRefusal> Server::know_callers() {
  if (settings_.auth != Auth::kVerify) return {};
  const auto known = read_callers(settings_);
  if (!known) return known.error();
  for (std::size_t left = io_threads_.size(); left > 0; --left) {
    authenticators_.push_back(std::make_unique<Authenticator>(*known));
  }
  if (!settings_.audit_log.empty()) {
    audit_.emplace(AuditLog::Options{.path = settings_.audit_log,
                                     .bytes_max = settings_.audit_log_bytes_max,
                                     .files_max = settings_.audit_log_files_max});
    if (std::string wrong = audit_->start(); !wrong.empty()) {
      return StartRefusal{kExitUsage, "--audit-log: " + std::move(wrong)};
    }
  }
  log_info("signatures are verified", {{"credentials", (*known)->size()}});
  return {};
}

std::optional<StartRefusal> Server::guard_admin() {
  if (settings_.admin_listen.empty() && settings_.admin_tls_listen.empty()) return {};
  auto token = read_admin_token(settings_);
  if (!token) return token.error();
  const std::string url_base =
      settings_.queue_url_base.empty() && !settings_.listen.empty()
          ? "http://" + settings_.listen.front().reached_locally().text()
          : settings_.queue_url_base;
  const AdminGround ground{.broker = broker_,
                     .metrics = metrics_,
                     .world = {settings_.account, settings_.region},
                     .url_base = url_base,
                     .deliveries = {&recorded_, settings_.notification_url_base,
                                    settings_.sign_notifications ? &signer_ : nullptr},
                     .test_controls = settings_.test_controls,
                     .faults = settings_.test_controls ? &faults_ : nullptr,
                     .backup_directory = settings_.backup_directory,
                     .backups = &backups_,
                     .audit = audit_ ? &*audit_ : nullptr};
  for (const auto* const endpoints : {&settings_.admin_listen, &settings_.admin_tls_listen}) {
    for (const Endpoint& endpoint : *endpoints) {
      admin_services_.push_back(std::make_unique<AdminService>(ground, AdminGuard(!endpoint.loopback(), *token),
                                                                admin_counts_));
    }
  }
  if (settings_.test_controls) log_warning("controls for tests are on: who may ask the admin side may reset everything");
  return {};
}

std::optional<StartRefusal> Server::identify() {
  if (!speaks_tls()) return {};
  auto certificate = read_certificate(settings_);
  if (!certificate) return certificate.error();
  use(*std::move(certificate));
  return {};
}

DispatchSettings Server::own_dispatch() {
  DispatchSettings dispatch =
      penstock::own_dispatch(settings_, api_endpoints_.front().reached_locally().text());
  dispatch.signing = settings_.sign_notifications ? &signer_ : nullptr;
  return dispatch;
}

tl::expected<Server::Declared, StartRefusal> Server::rehearse_declared() {
  auto declaration = read_declaration(settings_);
  if (!declaration) return tl::unexpected(std::move(declaration.error()));
  if (declaration->empty()) return Declared{};
  auto calls = rehearse(*declaration, *own_caller_.facts(), settings_, own_dispatch());
  if (!calls) return tl::unexpected(std::move(calls.error()));
  return Declared{*std::move(declaration), *std::move(calls)};
}

std::optional<StartRefusal> Server::make_declared(const Declared& declared) {
  if (declared.what.empty()) return {};
  if (auto refusal = make(declared.calls, own_caller_, own_dispatch())) return refusal;
  log_info("what is declared is there", {{"queues", declared.what.queues.size()},
                                         {"topics", declared.what.topics.size()},
                                         {"subscriptions", declared.what.subscriptions()},
                                         {"changes", declared.calls.size()}});
  return {};
}

// Everything is read and judged before anything is changed. What is declared comes first then: the core,
// which may have changed since or have no room, can still refuse it: then what was made before that stays
// (docs/decisions/0026), and the rest is not taken up.
std::optional<std::string> Server::reload() {
  // A certificate that was made and is kept nowhere would be another one.
  const bool kept = !settings_.tls_self_signed || settings_.durability != Durability::kMemory;
  std::string wrong;
  const auto read = [&wrong](bool wanted, auto&& reader) {
    auto outcome = decltype(reader()){};
    if (wanted) outcome = reader();
    if (!outcome) wrong += (wrong.empty() ? "" : "; ") + outcome.error().text;
    return outcome;
  };
  const auto declared = read(true, [this] { return rehearse_declared(); });
  auto certificate = read(speaks_tls() && kept, [this] { return read_certificate(settings_); });
  const auto known = read(settings_.auth == Auth::kVerify, [this] { return read_callers(settings_); });
  if (!wrong.empty()) return wrong;

  if (auto refusal = make_declared(*declared)) return refusal->text;
  if (certificate->api) {
    use(*std::move(certificate));
    log_info("the certificate was read anew");
  }
  if (*known) {
    use(*known);
    log_info("credentials were read anew", {{"credentials", (*known)->size()}});
  }
  return {};
}

void Server::use(ServedCertificate&& certificate) {
  tls_.use(std::move(certificate.api));
  admin_tls_.use(std::move(certificate.admin));
}

void Server::use(const KnownCallersPtr& known) {
  for (std::size_t index = 0; index < io_threads_.size(); ++index) {
    io_threads_[index]->perform(
        [authenticator = authenticators_[index].get(), known] { authenticator->use(known); });
  }
  // Whoever is told that it is done may rely on it: what is asked from now on is judged by the new ones.
  for (const auto& io_thread : io_threads_) io_thread->flush();
}

std::optional<StartRefusal> Server::bind() {
  const auto bind_all = [this](const std::vector<Endpoint>& endpoints, std::string_view flag,
                               std::vector<Endpoint>& bound) -> std::optional<StartRefusal> {
    for (const Endpoint& endpoint : endpoints) {
      const auto one = listener_->bind(endpoint, flag);
      if (!one) return one.error();
      bound.push_back(*one);
    }
    return {};
  };
  if (auto refusal = bind_all(settings_.listen, "listen", api_endpoints_)) return refusal;
  if (auto refusal = bind_all(settings_.tls_listen, "tls-listen", tls_endpoints_)) return refusal;
  if (auto refusal = bind_all(settings_.admin_listen, "admin-listen", admin_endpoints_)) return refusal;
  if (auto refusal = bind_all(settings_.admin_tls_listen, "admin-tls-listen", admin_tls_endpoints_)) return refusal;
  for (std::size_t at = 0; at < admin_endpoints_.size(); ++at) {
    listener_->serve(admin_endpoints_[at], *admin_services_[at]);
  }
  return {};
}

void Server::serve_admin_tls() {
  for (std::size_t at = 0; at < admin_tls_endpoints_.size(); ++at) {
    listener_->serve(admin_tls_endpoints_[at], *admin_services_[admin_endpoints_.size() + at], &admin_tls_);
  }
}

std::optional<StartRefusal> Server::open(const StoreOpener& open_store) {
  auto opened = open_store(settings_, broker_);
  if (!opened) return opened.error();
  if (auto refusal = reach_out()) return refusal;
  const std::vector<IoThread*> threads = io_threads();
  std::vector<ReplySink*> sinks(threads.begin(), threads.end());
  sinks.push_back(&own_caller_);
  RocksStore* const on_disk = opened->on_disk;
  broker_.start(*std::move(opened), std::move(sinks));
  if (on_disk != nullptr) backups_.start(*on_disk);
  if (const auto ahead = broker_.gauges().time_ahead_ms.load(std::memory_order_relaxed); ahead > 0) {
    log_warning("time here is ahead of the wall clock: it was advanced for a test, and cannot run back",
                {{"ahead_ms", ahead}, {"data", settings_.data.string()}});
  }
  return {};
}

std::optional<StartRefusal> Server::reach_out() {
  NotificationSigning* const signing = settings_.sign_notifications ? &signer_ : nullptr;
  webhooks_.emplace(WebhookSender::Options{.private_receivers = settings_.private_receivers.value_or(true),
                                           .ca_file = settings_.webhook_ca_file,
                                           .url_base = settings_.notification_url_base,
                                           .signing = signing},
                    broker_);
  if (const auto wrong = webhooks_->start()) return StartRefusal{kExitUsage, "--webhook-ca-file: " + *wrong};
  OutgoingSink* mails = &recorded_;
  if (!settings_.smtp_server.empty()) {
    auto password = read_smtp_password(settings_);
    if (!password) return password.error();
    mails_.emplace(MailSender::Options{.server = settings_.smtp_server,
                                       .from = settings_.smtp_from,
                                       .user = settings_.smtp_user,
                                       .password = *std::move(password),
                                       .starttls = settings_.smtp_tls,
                                       .ca_file = settings_.smtp_ca_file,
                                       .url_base = settings_.notification_url_base,
                                       .signing = signing},
                   broker_, mail_counts_);
    if (const auto wrong = mails_->start()) return StartRefusal{kExitUsage, "--smtp-server: " + *wrong};
    mails = &*mails_;
  }
  outgoing_.emplace(*webhooks_, *mails, recorded_);
  broker_.deliver_to(*outgoing_);
  return {};
}

void Server::serve_api() {
  std::vector<RequestCounts*> counts;
  for (const auto& of_thread : request_counts_) counts.push_back(of_thread.get());
  std::vector<Authenticator*> authenticators;
  for (const auto& of_thread : authenticators_) authenticators.push_back(of_thread.get());
  const auto serve = [&](const Endpoint& endpoint, const TlsIdentity* tls) {
    // A client that does not say where it reached us is told the address; a wildcard is no host.
    api_services_.push_back(std::make_unique<ApiService>(
        DispatchSettings{settings_.account, settings_.region, endpoint.reached_locally().text(),
                         settings_.queue_url_base, settings_.notification_url_base,
                         settings_.sign_notifications ? &signer_ : nullptr,
                         settings_.private_receivers.value_or(true)},
        counts, signer_, authenticators, audit_ ? &*audit_ : nullptr,
        settings_.test_controls ? &faults_ : nullptr, &limits_));
    listener_->serve(endpoint, *api_services_.back(), tls);
  };
  for (const Endpoint& endpoint : api_endpoints_) serve(endpoint, nullptr);
  for (const Endpoint& endpoint : tls_endpoints_) serve(endpoint, &tls_);
}

std::string Server::ready_line() const {
  const auto urls = [](const std::vector<Endpoint>& plain, const std::vector<Endpoint>& by_tls) {
    std::string text;
    for (const Endpoint& endpoint : plain) text += (text.empty() ? "http://" : ",http://") + endpoint.text();
    for (const Endpoint& endpoint : by_tls) text += (text.empty() ? "https://" : ",https://") + endpoint.text();
    return text.empty() ? std::string("off") : text;
  };
  return "penstock ready: api " + urls(api_endpoints_, tls_endpoints_) + " admin " +
         urls(admin_endpoints_, admin_tls_endpoints_);
}

void Server::stop() {
  if (std::exchange(stopped_, true)) return;
  listener_->stop();
  drain_connections();
  backups_.stop();  // before the store is closed
  if (broker_.running()) {
    broker_.end_outgoing();
    // What does not end meanwhile is given back, and delivered after the next start.
    const auto grace = std::min<std::chrono::milliseconds>(settings_.shutdown_grace, std::chrono::seconds{2});
    webhooks_->stop(grace);
    if (mails_) mails_->stop(grace);
    // From here on answers find nobody; those on their way are given back before the last commit.
    broker_.quiesce();
    for (const auto& io : io_threads_) io->flush();
    broker_.stop();
  }
  for (const auto& io : io_threads_) io->stop();
  recorded_.tell_end();
}

void Server::drain_connections() {
  std::vector<std::future<void>> drained;
  for (const auto& io : io_threads_) {
    auto promise = std::make_shared<std::promise<void>>();
    drained.push_back(promise->get_future());
    io->drain([promise] { promise->set_value(); });
  }
  const auto deadline = std::chrono::steady_clock::now() + settings_.shutdown_grace;
  for (std::future<void>& each : drained) {
    if (each.wait_until(deadline) == std::future_status::ready) continue;
    for (const auto& io : io_threads_) io->abort();
    break;
  }
  for (const auto& io : io_threads_) io->flush();
}

std::vector<IoThread*> Server::io_threads() const {
  std::vector<IoThread*> threads;
  for (const auto& io : io_threads_) threads.push_back(io.get());
  return threads;
}

std::uint64_t Server::requests() const {
  std::uint64_t sum = 0;
  for (const auto& io : io_threads_) sum += io->counts().requests.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace penstock
