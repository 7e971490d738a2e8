// Server: the daemon put together: store, broker thread, I/O threads, listener, what delivers to receivers outside.
//
//     start   bind all addresses - serve the admin pages - open the store - decide commands - make what is
//             declared - serve the API
//     stop    accept no more - let what is under way be answered - make it durable - close the store
//
// API connections that arrive while the store recovers wait in the kernel's queue. It knows no signals and
// no command line; server/process.h does. Its methods are called by the one thread that started it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/admin_service.h"
#include "server/api_service.h"
#include "server/audit_log.h"
#include "server/backup_thread.h"
#include "server/broker_thread.h"
#include "server/certificate_source.h"
#include "server/declared_resources.h"
#include "server/delivery_record.h"
#include "server/io_thread.h"
#include "server/listener.h"
#include "server/mail_sender.h"
#include "server/notification_signer.h"
#include "server/open_store.h"
#include "server/outgoing_router.h"
#include "server/own_caller.h"
#include "server/request_counts.h"
#include "server/request_limits.h"
#include "server/settings.h"
#include "server/tls_identity.h"
#include "server/webhook_sender.h"

namespace penstock {

class Server {
 public:
  struct Options {
    StoreOpener open_store = penstock::open_store;
    bool sweeps_itself = true;  // false: only IoThread::sweep_at looks for timeouts
  };

  static tl::expected<std::unique_ptr<Server>, StartRefusal> start(const Settings& settings,
                                                                   const Options& options);
  ~Server();

  // With the real ports.
  const std::vector<Endpoint>& api() const { return api_endpoints_; }
  const std::vector<Endpoint>& tls() const { return tls_endpoints_; }
  const std::vector<Endpoint>& admin() const { return admin_endpoints_; }
  const std::vector<Endpoint>& admin_tls() const { return admin_tls_endpoints_; }
  // "penstock ready: api http://127.0.0.1:4566 admin http://127.0.0.1:4567"; several addresses are separated by
  // commas, those by TLS last and with https; no address of the admin side is "off".
  std::string ready_line() const;

  // Ends gracefully: idle connections close, waiting receives are answered empty, other requests are
  // answered. What is not done after the grace is cut off. What was acknowledged is durable in any case.
  void stop();

  // Reads anew who may call, the certificate, and what is declared; no connection notices. What was wrong, if
  // anything, with each file that is wrong: then nothing was taken up, but for declared resources that were made
  // before one that the core refused.
  std::optional<std::string> reload();

  // Read whole since the start.
  std::uint64_t requests() const;

  IoThread& io_thread(std::size_t index) { return *io_threads_[index]; }
  const BrokerThread& broker() const { return broker_; }

 private:
  Server(const Settings& settings, const Options& options);

  std::optional<StartRefusal> know_callers();
  std::optional<StartRefusal> guard_admin();
  std::optional<StartRefusal> bind();
  std::optional<StartRefusal> identify();
  bool speaks_tls() const { return !settings_.tls_listen.empty() || !settings_.admin_tls_listen.empty(); }
  void serve_admin_tls();
  // What is declared, and the calls that are needed for it.
  struct Declared {
    Declaration what;
    std::vector<DeclaringCall> calls;
  };

  // How the daemon calls itself.
  DispatchSettings own_dispatch();
  tl::expected<Declared, StartRefusal> rehearse_declared();
  std::optional<StartRefusal> make_declared(const Declared& declared);
  void use(ServedCertificate&& certificate);
  void use(const KnownCallersPtr& known);
  std::optional<StartRefusal> open(const StoreOpener& open_store);
  // What delivers to receivers outside.
  std::optional<StartRefusal> reach_out();
  void serve_api();
  void drain_connections();
  std::vector<IoThread*> io_threads() const;

  const Settings settings_;
  NotificationSigner signer_;
  BrokerThread broker_;
  OwnCaller own_caller_;
  DeliveryRecord recorded_;
  std::optional<WebhookSender> webhooks_;
  MailCounts mail_counts_;
  std::optional<MailSender> mails_;  // nothing: there is no mail server
  std::optional<OutgoingRouter> outgoing_;
  TlsIdentity tls_;  // these two outlive the connections
  TlsIdentity admin_tls_;
  std::optional<AuditLog> audit_;
  RequestLimits limits_;
  std::vector<std::unique_ptr<RequestCounts>> request_counts_;  // one for each I/O thread
  std::vector<std::unique_ptr<IoThread>> io_threads_;
  std::vector<std::unique_ptr<Authenticator>> authenticators_;  // likewise; none: nobody is verified
  MetricsSources metrics_;
  FaultPlan faults_;
  AdminCounts admin_counts_;
  BackupThread backups_;
  // One for each address, those by TLS last: what is asked of a caller depends on who reaches it.
  std::vector<std::unique_ptr<AdminService>> admin_services_;
  std::vector<std::unique_ptr<ApiService>> api_services_;  // one for each address
  std::optional<Listener> listener_;
  std::vector<Endpoint> api_endpoints_;
  std::vector<Endpoint> tls_endpoints_;
  std::vector<Endpoint> admin_endpoints_;
  std::vector<Endpoint> admin_tls_endpoints_;
  bool stopped_ = false;
};

}  // namespace penstock
