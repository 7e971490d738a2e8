// Mutation: inputs that chance makes of well-formed ones, without end.
//
// Each begins as a seed, or as the head of one and the tail of another, and is changed in one to eight places. What is put
// in is a byte, a piece of any seed, or a word of one (what stands between its punctuation), since syntax is made of words;
// pieces are also dropped, doubled and moved.
#pragma once

#include <string>
#include <vector>

#include "base/random.h"

namespace penstock {

class Mutation {
 public:
  Mutation(const std::vector<std::string>& seeds, std::uint64_t seed);

  std::string next();

 private:
  void change(std::string& input);
  std::string piece();
  const std::string& any_seed() { return seeds_[random_.below(seeds_.size())]; }

  static constexpr std::size_t kBytesMax = 4096;

  const std::vector<std::string> seeds_;
  std::vector<std::string> words_;
  SeededRandom random_;
};

}  // namespace penstock
