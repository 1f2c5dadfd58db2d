// The generator's own pseudo-random numbers: the standard library's distributions differ between machines.
#pragma once

#include <cstdint>

#include "sha256.h"

namespace chain {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  // SplitMix64 (Steele, Lea, Flood 2014): tiny, and good enough to spread test data.
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // Uniform enough in [0, bound): the bias of the multiplication is below 2^-32 for the bounds used here.
  std::uint64_t below(std::uint64_t bound) { return (next() >> 32) * bound >> 32; }
  std::uint64_t between(std::uint64_t low, std::uint64_t high) { return low + below(high - low + 1); }
  bool chance(unsigned percent) { return below(100) < percent; }

  Hash hash() {
    Hash result;
    for (std::size_t i = 0; i < 32; i += 8) {
      const std::uint64_t word = next();
      for (std::size_t j = 0; j < 8; ++j) result[i + j] = static_cast<std::uint8_t>(word >> (8 * j));
    }
    return result;
  }

 private:
  std::uint64_t state_;
};

}  // namespace chain
