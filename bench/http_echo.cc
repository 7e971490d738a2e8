// The bare HTTP baseline ("B1"): Beast's async_read and async_write of string_body on a plain socket with
// a concrete executor, one thread, answering each POST with its own body. What any Beast server costs
// before it does anything. Prints "ready PORT" and serves until its standard input closes.
#include <unistd.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <cstdio>
#include <memory>

namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

class Echo : public std::enable_shared_from_this<Echo> {
 public:
  explicit Echo(Socket socket) : socket_(std::move(socket)) {}

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                       if (!error) self->write();
                     });
  }

 private:
  void write() {
    response_ = {http::status::ok, request_.version()};
    response_.body() = std::move(request_.body());
    response_.prepare_payload();
    http::async_write(socket_, response_,
                      [self = shared_from_this()](boost::system::error_code error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  Socket socket_;
  boost::beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

void accept_next(Acceptor& acceptor) {
  acceptor.async_accept([&acceptor](boost::system::error_code error, Socket socket) {
    if (error) return;
    socket.set_option(asio::ip::tcp::no_delay(true));
    std::make_shared<Echo>(std::move(socket))->read();
    accept_next(acceptor);
  });
}

}  // namespace

int main() {
  asio::io_context context(1);
  Acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  std::printf("ready %u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);
  accept_next(acceptor);
  asio::posix::basic_stream_descriptor<Executor> input(context, dup(STDIN_FILENO));
  char byte = 0;
  input.async_read_some(asio::buffer(&byte, 1),
                        [&context](boost::system::error_code, std::size_t) { context.stop(); });
  context.run();
}
