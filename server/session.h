// Session: one connection, from accept to close.
//
//     reading --request complete--> processing --answer--> writing --sent--> reading, or lingering
//        |                              |                     |                  |
//        '--------- closed <------------+---------------------+------------------'
//
//   reading     takes bytes until a request is complete; later ones stay in the reader, so that requests
//               are processed one at a time and answered in order
//   processing  a command is under way. The session goes on watching the socket: when the peer is gone, a
//               waiting receive is forgotten
//   writing     the kernel did not take all of the answer at once
//   lingering   the last answer is sent, or the alert that ends a handshake; if the peer sent more than was read, the
//               rest is thrown away until it closes, since closing with unread bytes could destroy the answer on its
//               way
//
// The law of deliveries: an answer that hands out messages and of which no byte reached the kernel is
// given back to the broker thread, which undoes it; once a byte has left, it stands.
//
// A peer that only shuts down its sending side still gets its answers, except of a receive: there, silence
// cannot be told from absence, and a message must not be lost in a dead connection.
//
// It belongs to one IoThread and is seen by no other. It is told once when the kernel has bytes for it, so
// it reads until there are none, or remembers that there may be more; and it reads into the thread's shared
// buffer, so that an idle connection holds no buffer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/channel.h"
#include "server/io_thread.h"
#include "server/request_reader.h"
#include "server/service.h"
#include "server/socket.h"
#include "server/socket_watch.h"

namespace penstock {

class Session {
 public:
  Session(IoThread& io, Socket&& socket, const Accepted& accepted, std::uint64_t id);

  // What the watch has to say of its socket.
  void attend(const SocketWatch::Word& word);
  // Reads what the kernel may still have, after IoThread::read_again.
  void read_on();
  void answer(Reply&& reply);
  void sweep();
  void drain();
  void close();

  std::uint64_t id() const { return id_; }
  const Accepted& accepted() const { return accepted_; }
  bool ended() const { return phase_ == Phase::kClosed; }

 private:
  enum class Phase { kReading, kProcessing, kWriting, kLingering, kClosed };

  Ticket ticket() const { return {id_, request_}; }
  bool full() const;
  void write_on();
  void peer_ended();
  void not_agreed();
  bool peer_gone() const;
  bool peer_sent_more() const;
  void progress();
  void settle();
  void dispatch();
  void refuse(const HttpRefusal& refusal);
  void send(const ApiResponse& response, Received&& deliveries = {});
  void keep_unsent(std::string_view head, std::string_view body, std::size_t sent);
  void drop_unsent();
  void sent();

  IoThread& io_;
  Channel socket_;
  const Accepted accepted_;
  const std::uint64_t id_;
  std::uint64_t request_ = 0;  // the number of the request under way or done last

  Phase phase_ = Phase::kReading;
  RequestReader::Stage stage_ = RequestReader::Stage::kIdle;
  bool may_read_ = false;  // the kernel may have bytes that were not taken
  bool end_told_ = false;  // the kernel has the peer's end, behind whatever bytes there are
  bool peer_ended_ = false;
  bool keep_alive_ = true;
  bool says_keep_alive_ = false;
  bool head_only_ = false;
  bool refused_ = false;
  bool receives_ = false;  // it waits for something that it may be told to wait for no more
  RequestReader reader_{io_.options().http.body_bytes_max};
  PendingCall call_;
  std::size_t accounted_ = 0;  // of the reader's memory, at the thread
  Seconds since_{0};           // the present phase or stage began, or last made progress
  std::size_t body_mark_ = 0;  // bytes of the body at `since_`
  std::size_t lingered_ = 0;   // bytes thrown away
  const std::string peer_;     // its address
  std::string unsent_;
  std::size_t unsent_at_ = 0;
  Received in_doubt_;  // handed out by an answer of which no byte has left yet
};

}  // namespace penstock
