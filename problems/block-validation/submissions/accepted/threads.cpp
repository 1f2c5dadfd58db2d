// Accepted: fast_sha.cpp on several threads. While one thread reads the proof the main one reads the block; then all
// walk the hash chains of the signatures, which need nothing of the state. Applying the transfers is what is left for
// one thread alone. Every thread is joined before the answer is given.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "block_validation.h"

namespace {

using Bytes = std::vector<std::uint8_t>;
using Hash = std::array<std::uint8_t, 32>;

// Thrown wherever a rule is broken; validate_block turns it into the answer.
struct Invalid {};

inline void require(bool rule_holds) {
  if (__builtin_expect(!rule_holds, 0)) throw Invalid{};
}

inline std::uint64_t load_big_endian(const std::uint8_t* bytes, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | bytes[i];
  return value;
}

inline std::uint8_t* store_big_endian(std::uint8_t* out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = size; i > 0; --i) *out++ = static_cast<std::uint8_t>(value >> (8 * (i - 1)));
  return out;
}

// ---- SHA-256

alignas(16) constexpr std::uint32_t sha_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

// Adds `blocks` blocks of 64 bytes to a state.
using Compress = void (*)(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks);

void compress_portable(std::uint32_t* state, const std::uint8_t* data, std::size_t blocks) {
  const auto rotate = [](std::uint32_t x, int n) { return (x >> n) | (x << (32 - n)); };
  for (; blocks > 0; --blocks, data += 64) {
    std::uint32_t w[64];
    for (std::size_t i = 0; i < 16; ++i) w[i] = static_cast<std::uint32_t>(load_big_endian(data + 4 * i, 4));
    for (std::size_t i = 16; i < 64; ++i) {
      const std::uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
      const std::uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    std::uint32_t v[8];
    std::copy_n(state, 8, v);
    auto& [a, b, c, d, e, f, g, h] = v;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t t1 =
          h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + sha_constants[i] + w[i];
      const std::uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    for (std::size_t i = 0; i < 8; ++i) state[i] += v[i];
  }
}

#if defined(__x86_64__)
__attribute__((target("sha,sse4.1"))) void compress_sha_ni(std::uint32_t* state, const std::uint8_t* data,
                                                           std::size_t blocks) {
  const __m128i swap_bytes = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  const __m128i abcd = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state)), 0xb1);
  const __m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(state + 4)), 0x1b);
  __m128i abef = _mm_alignr_epi8(abcd, efgh, 8), cdgh = _mm_blend_epi16(efgh, abcd, 0xf0);
  for (; blocks > 0; --blocks, data += 64) {
    const __m128i abef_before = abef, cdgh_before = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; ++i) {
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data + 16 * i)), swap_bytes);
    }
#pragma GCC unroll 16
    for (int i = 0; i < 16; ++i) {
      const __m128i sum =
          _mm_add_epi32(w[i % 4], _mm_load_si128(reinterpret_cast<const __m128i*>(sha_constants + 4 * i)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0e));
      if (i < 12) {
        const __m128i next = _mm_add_epi32(_mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]),
                                           _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4));
        w[i % 4] = _mm_sha256msg2_epu32(next, w[(i + 3) % 4]);
      }
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
  }
  const __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state), _mm_blend_epi16(feba, dchg, 0xf0));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}
#endif

Compress choose_compress() {
#if defined(__x86_64__)
  // __builtin_cpu_supports has no name for these instructions in every compiler: CPUID leaf 7, EBX bit 29.
  unsigned eax = 7, ebx = 0, ecx = 0, edx = 0;
  __asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
  if ((ebx >> 29 & 1) != 0 && __builtin_cpu_supports("sse4.1")) return compress_sha_ni;
#endif
  return compress_portable;
}

const Compress compress = choose_compress();

inline void hash_from_state(const std::uint32_t* state, std::uint8_t* out, std::size_t words) {
  for (std::size_t i = 0; i < words; ++i) store_big_endian(out + 4 * i, state[i], 4);
}

constexpr std::uint32_t sha_start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

// Hashes a message that stands at the start of a buffer with room for the padding behind it.
template <std::size_t capacity>
Hash hash_in_place(std::uint8_t (&buffer)[capacity], std::size_t size) {
  static_assert(capacity % 64 == 0);
  const std::size_t blocks = (size + 9 + 63) / 64;
  std::memset(buffer + size, 0, 64 * blocks - size);
  buffer[size] = 0x80;
  store_big_endian(buffer + 64 * blocks - 8, 8 * size, 8);
  std::uint32_t state[8];
  std::copy_n(sha_start, 8, state);
  compress(state, buffer, blocks);
  Hash hash;
  hash_from_state(state, hash.data(), 8);
  return hash;
}

// ---- CRC-32C

std::uint32_t crc32c_portable(std::span<const std::uint8_t> bytes) {
  std::array<std::uint32_t, 256> table;
  for (std::uint32_t i = 0; i < 256; ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit) table[i] = table[i] >> 1 ^ ((table[i] & 1) != 0 ? 0x82f63b78 : 0);
  }
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : bytes) crc = crc >> 8 ^ table[(crc ^ byte) & 0xff];
  return ~crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse(std::span<const std::uint8_t> bytes) {
  std::uint64_t crc = 0xffffffff;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, 8);
    crc = _mm_crc32_u64(crc, word);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (; at < bytes.size(); ++at) rest = _mm_crc32_u8(rest, bytes[at]);
  return ~rest;
}
#endif

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return crc32c_sse(bytes);
#endif
  return crc32c_portable(bytes);
}

// ---- Cells

enum class Kind : std::uint8_t { ordinary, pruned_branch, merkle_proof, merkle_update };

struct Cell {
  const std::uint8_t* data;  // padded; in the input, or in the arena's own memory
  std::uint16_t bits;
  Kind kind;
  std::uint8_t level_mask;
  std::uint8_t ref_count;
  std::uint16_t depth[2];
  std::uint32_t refs[4];
  Hash hash[2];

  std::size_t data_size() const { return (bits + 7u) / 8; }
  std::uint8_t first_descriptor(unsigned mask) const {
    return static_cast<std::uint8_t>(ref_count + (kind == Kind::ordinary ? 0 : 8) + 32 * mask);
  }
  std::uint8_t second_descriptor() const { return static_cast<std::uint8_t>(bits / 8 + (bits + 7) / 8); }
};

// The longest representation: 2 descriptors, 128 bytes of data, 4 depths, 4 hashes, and the padding.
using HashBuffer = std::uint8_t[320];

class Arena {
 public:
  explicit Arena(std::size_t expected) { cells_.reserve(expected); }

  Cell& operator[](std::uint32_t i) { return cells_[i]; }
  const Cell& operator[](std::uint32_t i) const { return cells_[i]; }
  std::size_t size() const { return cells_.size(); }
  void reserve(std::size_t size) { cells_.reserve(size); }

  std::uint32_t add(const Cell& cell) {
    cells_.push_back(cell);
    return static_cast<std::uint32_t>(cells_.size() - 1);
  }

  std::uint8_t* allocate(std::size_t size) {
    if (size > left_) {
      left_ = std::max<std::size_t>(size, 1 << 16);
      chunks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(left_));
      free_ = chunks_.back().get();
    }
    std::uint8_t* memory = free_;
    free_ += size;
    left_ -= size;
    return memory;
  }

  // One hash of a cell whose children are finished, and its depth there.
  void finish_level(Cell& cell, unsigned level) const {
    const unsigned child_level = cell.kind == Kind::ordinary ? level : 1;
    HashBuffer buffer;
    std::uint8_t* out = buffer;
    *out++ = cell.first_descriptor(level);
    *out++ = cell.second_descriptor();
    if (level == 0) {
      if (cell.bits != 0) std::memcpy(out, cell.data, cell.data_size());
      out += cell.data_size();
    } else {
      std::memcpy(out, cell.hash[0].data(), 32);
      out += 32;
    }
    unsigned depth = 0;
    for (unsigned i = 0; i < cell.ref_count; ++i) {
      const unsigned below = cells_[cell.refs[i]].depth[child_level];
      depth = std::max(depth, below + 1);
      out = store_big_endian(out, below, 2);
    }
    for (unsigned i = 0; i < cell.ref_count; ++i) {
      std::memcpy(out, cells_[cell.refs[i]].hash[child_level].data(), 32);
      out += 32;
    }
    cell.depth[level] = static_cast<std::uint16_t>(depth);
    cell.hash[level] = hash_in_place(buffer, static_cast<std::size_t>(out - buffer));
  }

  void finish_pruned_branch(Cell& cell) const {
    cell.level_mask = 1;
    std::memcpy(cell.hash[0].data(), cell.data + 2, 32);
    cell.depth[0] = static_cast<std::uint16_t>(load_big_endian(cell.data + 34, 2));
    cell.depth[1] = 0;
    HashBuffer buffer;
    buffer[0] = cell.first_descriptor(1);
    buffer[1] = cell.second_descriptor();
    std::memcpy(buffer + 2, cell.data, 36);
    cell.hash[1] = hash_in_place(buffer, 38);
  }

  void finish(Cell& cell) const {
    if (cell.kind == Kind::pruned_branch) return finish_pruned_branch(cell);
    cell.level_mask = 0;
    for (unsigned i = 0; i < cell.ref_count && cell.kind == Kind::ordinary; ++i) {
      cell.level_mask |= cells_[cell.refs[i]].level_mask;
    }
    finish_level(cell, 0);
    if (cell.level_mask != 0) return finish_level(cell, 1);
    cell.depth[1] = cell.depth[0];
    cell.hash[1] = cell.hash[0];
  }

  std::uint32_t add_pruned_branch(const Hash& hash, unsigned depth) {
    std::uint8_t* data = allocate(36);
    data[0] = data[1] = 1;
    std::memcpy(data + 2, hash.data(), 32);
    store_big_endian(data + 34, depth, 2);
    Cell cell{data, 288, Kind::pruned_branch, 1, 0, {}, {}, {}};
    finish_pruned_branch(cell);
    return add(cell);
  }

 private:
  std::vector<Cell> cells_;
  std::vector<std::unique_ptr<std::uint8_t[]>> chunks_;
  std::uint8_t* free_ = nullptr;
  std::size_t left_ = 0;
};

constexpr std::uint32_t none = ~std::uint32_t{0};

// Hashes are random already: the first bytes choose the slot. Maps a hash to a small number.
class HashTable {
 public:
  explicit HashTable(std::size_t expected) {
    std::size_t size = 64;
    while (size < 2 * expected) size *= 2;
    slots_.assign(size, {nullptr, none});
  }
  // Returns the number stored with the hash, which is `value` when the hash is new.
  std::uint32_t insert(const Hash& hash, std::uint32_t value) {
    if (2 * (count_ + 1) > slots_.size()) grow();
    Slot& slot = find(hash);
    if (slot.hash == nullptr) {
      slot = {&hash, value};
      ++count_;
    }
    return slot.value;
  }
  bool contains(const Hash& hash) { return find(hash).hash != nullptr; }

 private:
  struct Slot {
    const Hash* hash;
    std::uint32_t value;
  };
  Slot& find(const Hash& hash) {
    std::uint64_t at;
    std::memcpy(&at, hash.data(), 8);
    for (;; ++at) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      if (slot.hash == nullptr || *slot.hash == hash) return slot;
    }
  }
  void grow() {
    std::vector<Slot> old(2 * slots_.size(), {nullptr, none});
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.hash != nullptr) find(*slot.hash) = slot;
    }
  }
  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

// ---- Bags of cells

std::size_t bytes_needed(std::uint64_t value) {
  std::size_t size = 1;
  while (size < 8 && value >> (8 * size) != 0) ++size;
  return size;
}

// The cells below root in reversed canonical order.
std::vector<std::uint32_t> post_order(const Arena& arena, std::uint32_t root) {
  struct Frame {
    std::uint32_t cell;
    unsigned refs_left;
  };
  std::vector<std::uint32_t> order;
  std::vector<char> seen(arena.size(), 0);
  std::vector<Frame> stack = {{root, arena[root].ref_count}};
  seen[root] = 1;
  while (!stack.empty()) {
    Frame& top = stack.back();
    if (top.refs_left == 0) {
      order.push_back(top.cell);
      stack.pop_back();
      continue;
    }
    const std::uint32_t child = arena[top.cell].refs[--top.refs_left];
    if (std::exchange(seen[child], 1) == 0) stack.push_back({child, arena[child].ref_count});
  }
  return order;
}

// Reads a canonical bag of cells into an empty arena; the root is cell 0.
void parse(std::span<const std::uint8_t> boc, Arena& arena) {
  require(boc.size() >= 10);
  const std::span<const std::uint8_t> body = boc.first(boc.size() - 4);
  std::uint32_t crc = 0;
  for (std::size_t i = 0; i < 4; ++i) crc |= std::uint32_t{boc[body.size() + i]} << (8 * i);
  require(crc == crc32c(body));

  require(load_big_endian(body.data(), 4) == 0xb5ee9c72);
  require(body[4] >= 0x41 && body[4] <= 0x44);
  const std::size_t ref_size = body[4] - 0x40u, offset_size = body[5];
  require(offset_size >= 1 && offset_size <= 8);
  require(body.size() >= 6 + 4 * ref_size + offset_size);
  const std::uint8_t* in = body.data() + 6;
  const std::uint8_t* const end = body.data() + body.size();
  const auto number = [&](std::size_t size) { return load_big_endian(std::exchange(in, in + size), size); };
  const std::uint64_t cell_count = number(ref_size);
  require(cell_count >= 1 && ref_size == bytes_needed(cell_count));
  require(number(ref_size) == 1);
  require(number(ref_size) == 0);
  const std::uint64_t data_size = number(offset_size);
  require(offset_size == bytes_needed(data_size));
  require(number(ref_size) == 0);
  require(data_size == static_cast<std::uint64_t>(end - in) && cell_count <= data_size / 2);

  const auto count = static_cast<std::uint32_t>(cell_count);
  std::vector<std::uint8_t> first_descriptors(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    require(end - in >= 2);
    const unsigned first = in[0], second = in[1];
    in += 2;
    const std::size_t size = (second + 1) / 2, ref_count = first & 7;
    require(ref_count <= 4 && (first & 16) == 0);
    require(static_cast<std::size_t>(end - in) >= size + ref_count * ref_size);
    Cell cell{in, static_cast<std::uint16_t>(8 * size), Kind::ordinary, 0, static_cast<std::uint8_t>(ref_count), {}, {}, {}};
    in += size;
    if (second % 2 != 0) {
      const unsigned last = in[-1];
      require((last & 0x7f) != 0);
      cell.bits = static_cast<std::uint16_t>(cell.bits - __builtin_ctz(last) - 1);
    }
    if ((first & 8) != 0) {
      require(cell.bits >= 8 && (cell.data[0] == 1 || cell.data[0] == 3));
      cell.kind = cell.data[0] == 1 ? Kind::pruned_branch : Kind::merkle_proof;
      require(cell.kind == Kind::pruned_branch ? cell.bits == 288 && ref_count == 0 && cell.data[1] == 1
                                               : cell.bits == 280 && ref_count == 1 && i == 0);
    }
    for (unsigned r = 0; r < ref_count; ++r) {
      const std::uint64_t target = number(ref_size);
      require(target > i && target < count);
      cell.refs[r] = static_cast<std::uint32_t>(target);
    }
    first_descriptors[i] = static_cast<std::uint8_t>(first);
    arena.add(cell);
  }
  require(in == end);

  HashTable distinct(count);
  for (std::uint32_t i = count; i-- > 0;) {
    Cell& cell = arena[i];
    arena.finish(cell);
    require(first_descriptors[i] >> 5 == cell.level_mask);
    require(cell.depth[0] <= 1024 && cell.depth[1] <= 1024);
    require(distinct.insert(cell.hash[1], i) == i);
  }
  const std::vector<std::uint32_t> order = post_order(arena, 0);
  require(order.size() == count);
  for (std::uint32_t i = 0; i < count; ++i) require(order[i] == count - 1 - i);
}

// Every reachable cell must have its own hash.
Bytes serialise(const Arena& arena, std::uint32_t root) {
  std::vector<std::uint32_t> order = post_order(arena, root);
  std::reverse(order.begin(), order.end());
  std::vector<std::uint32_t> index(arena.size());
  const std::size_t ref_size = bytes_needed(order.size());
  std::size_t data_size = 0;
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    const Cell& cell = arena[order[i]];
    index[order[i]] = i;
    data_size += 2 + cell.data_size() + cell.ref_count * ref_size;
  }
  const std::size_t offset_size = bytes_needed(data_size);
  Bytes boc(6 + 4 * ref_size + offset_size + data_size + 4);
  std::uint8_t* out = store_big_endian(boc.data(), 0xb5ee9c72, 4);
  *out++ = static_cast<std::uint8_t>(0x40 + ref_size);
  *out++ = static_cast<std::uint8_t>(offset_size);
  out = store_big_endian(out, order.size(), ref_size);
  out = store_big_endian(out, 1, ref_size);
  out = store_big_endian(out, 0, ref_size);
  out = store_big_endian(out, data_size, offset_size);
  out = store_big_endian(out, 0, ref_size);
  for (const std::uint32_t i : order) {
    const Cell& cell = arena[i];
    *out++ = cell.first_descriptor(cell.level_mask);
    *out++ = cell.second_descriptor();
    if (cell.bits != 0) std::memcpy(out, cell.data, cell.data_size());
    out += cell.data_size();
    for (unsigned r = 0; r < cell.ref_count; ++r) out = store_big_endian(out, index[cell.refs[r]], ref_size);
  }
  const std::uint32_t crc = crc32c({boc.data(), boc.size() - 4});
  for (int i = 0; i < 4; ++i) *out++ = static_cast<std::uint8_t>(crc >> (8 * i));
  return boc;
}

// ---- Reading and writing bits

class BitReader {
 public:
  explicit BitReader(const Cell& cell) : data_(cell.data), end_(cell.bits) { require(cell.kind == Kind::ordinary); }

  std::uint64_t number(unsigned width) {
    require(at_ + width <= end_);
    std::uint64_t value = 0;
    while (width > 0) {
      const unsigned room = 8 - at_ % 8, taken = std::min(room, width);
      value = value << taken | (data_[at_ / 8] >> (room - taken) & ((1u << taken) - 1));
      at_ += taken;
      width -= taken;
    }
    return value;
  }
  bool bit() { return number(1) != 0; }
  Hash hash() {
    Hash hash;
    for (std::size_t i = 0; i < 32; i += 8) store_big_endian(hash.data() + i, number(64), 8);
    return hash;
  }
  void end() const { require(at_ == end_); }

 private:
  const std::uint8_t* data_;
  unsigned at_ = 0, end_;
};

class BitWriter {
 public:
  void number(std::uint64_t value, unsigned width) {
    while (width > 0) {
      const unsigned room = 8 - bits_ % 8, taken = std::min(room, width);
      const auto piece = static_cast<unsigned>(value >> (width - taken)) & ((1u << taken) - 1);
      data_[bits_ / 8] = static_cast<std::uint8_t>(data_[bits_ / 8] | piece << (room - taken));
      bits_ += taken;
      width -= taken;
    }
  }
  void hash(const Hash& hash) {
    for (std::size_t i = 0; i < 32; i += 8) number(load_big_endian(hash.data() + i, 8), 64);
  }
  // Adds a finished ordinary cell without its hash at level 1, which new states never need.
  std::uint32_t finish(Arena& arena, std::initializer_list<std::uint32_t> refs) {
    Cell cell{nullptr, static_cast<std::uint16_t>(bits_), Kind::ordinary, 0, static_cast<std::uint8_t>(refs.size()), {}, {}, {}};
    if (bits_ % 8 != 0) number(1, 1);
    std::uint8_t* data = arena.allocate(cell.data_size());
    if (bits_ != 0) std::memcpy(data, data_, cell.data_size());
    cell.data = data;
    std::copy(refs.begin(), refs.end(), cell.refs);
    arena.finish_level(cell, 0);
    return arena.add(cell);
  }

 private:
  std::uint8_t data_[129] = {};
  unsigned bits_ = 0;
};

// ---- Dictionary labels

inline bool key_bit(const Hash& key, unsigned i) { return (key[i / 8] >> (7 - i % 8) & 1) != 0; }

inline void set_key_bit(Hash& key, unsigned i, bool value) {
  const auto mask = static_cast<std::uint8_t>(0x80 >> (i % 8));
  key[i / 8] = static_cast<std::uint8_t>(value ? key[i / 8] | mask : key[i / 8] & ~mask);
}

// The first bit from `from` on in which two keys differ, at most `limit`.
unsigned first_difference(const Hash& a, const Hash& b, unsigned from, unsigned limit) {
  for (unsigned i = from; i < limit; i = (i / 8 + 1) * 8) {
    const unsigned difference = (a[i / 8] ^ b[i / 8]) & (0xff >> (i % 8));
    if (difference != 0) return std::min(limit, i / 8 * 8 + static_cast<unsigned>(__builtin_clz(difference)) - 24);
  }
  return limit;
}

inline unsigned bit_width(unsigned value) { return value == 0 ? 0 : 32 - static_cast<unsigned>(__builtin_clz(value)); }

enum class LabelForm { hml_short, hml_long, hml_same };

LabelForm shortest_form(unsigned n, unsigned max_length, bool same) {
  const unsigned k = bit_width(max_length);
  const unsigned short_size = 2 * n + 2, long_size = 2 + k + n, same_size = 3 + k;
  if (n > 0 && same && same_size < short_size && same_size < long_size) return LabelForm::hml_same;
  return long_size < short_size ? LabelForm::hml_long : LabelForm::hml_short;
}

bool all_same(const Hash& key, unsigned begin, unsigned end) {
  for (unsigned i = begin + 1; i < end; ++i) {
    if (key_bit(key, i) != key_bit(key, begin)) return false;
  }
  return true;
}

// Reads a label into bits [begin, ...) of a key of `key_end` bits; returns where it ends.
unsigned load_label(BitReader& reader, Hash& key, unsigned begin, unsigned key_end) {
  const unsigned max_length = key_end - begin;
  LabelForm form = LabelForm::hml_short;
  unsigned n = 0;
  if (!reader.bit()) {
    while (reader.bit()) require(++n <= max_length);
  } else {
    form = reader.bit() ? LabelForm::hml_same : LabelForm::hml_long;
    const bool repeated = form == LabelForm::hml_same && reader.bit();
    n = static_cast<unsigned>(reader.number(bit_width(max_length)));
    require(n <= max_length);
    if (form == LabelForm::hml_same) {
      for (unsigned i = 0; i < n; ++i) set_key_bit(key, begin + i, repeated);
    }
  }
  if (form != LabelForm::hml_same) {
    for (unsigned i = 0; i < n; ++i) set_key_bit(key, begin + i, reader.bit());
  }
  require(form == shortest_form(n, max_length, all_same(key, begin, begin + n)));
  return begin + n;
}

void store_label(BitWriter& writer, const Hash& key, unsigned begin, unsigned end, unsigned key_end) {
  const unsigned n = end - begin, k = bit_width(key_end - begin);
  switch (shortest_form(n, key_end - begin, all_same(key, begin, end))) {
    case LabelForm::hml_same:
      writer.number(3, 2);
      writer.number(key_bit(key, begin) ? 1 : 0, 1);
      writer.number(n, k);
      return;
    case LabelForm::hml_long:
      writer.number(2, 2);
      writer.number(n, k);
      break;
    case LabelForm::hml_short:
      writer.number(0, 1);
      for (unsigned i = 0; i < n; ++i) writer.number(1, 1);
      writer.number(0, 1);
      break;
  }
  for (unsigned i = begin; i < end; ++i) writer.number(key_bit(key, i) ? 1 : 0, 1);
}

// ---- Accounts and their dictionary

constexpr unsigned id_bits = 256;

struct Account {
  std::uint64_t balance = 0;
  std::uint32_t nonce = 0;
  Hash lock{};
  std::uint32_t code = none, data = none;
};

// A dictionary edge in the making. Its label is bits [.., end) of `key`; where it begins is decided last.
struct Edge {
  enum class Type { empty, unchanged, leaf, fork } type = Type::empty;
  std::uint32_t cell = none;  // unchanged: the old cell
  Hash key{};
  unsigned end = 0;
  Account account;                           // leaf
  std::uint32_t left = none, right = none;  // fork
};

// A wanted change: no account means that the key shall be absent.
struct Change {
  Hash key;
  const Account* account;
};

class Dictionary {
 public:
  Dictionary(Arena& arena, std::uint32_t root) : arena_(arena), root_(root) {}

  std::optional<Account> find(const Hash& id) const {
    std::uint32_t cell = root_;
    for (unsigned begin = 0; cell != none;) {
      const Edge edge = load(cell, id, begin);
      if (first_difference(edge.key, id, begin, edge.end) < edge.end) return std::nullopt;
      if (edge.type == Edge::Type::leaf) return edge.account;
      cell = key_bit(id, edge.end) ? edge.right : edge.left;
      begin = edge.end + 1;
    }
    return std::nullopt;
  }

  // Applies changes sorted by key, each key once; returns the new root.
  std::uint32_t apply(std::span<const Change> changes) {
    if (changes.empty()) return root_;
    const Edge root = root_ == none ? build(0, changes) : update(root_, 0, changes);
    return root.type == Edge::Type::empty ? none : finish(root, 0);
  }

 private:
  // An old cell as an edge; `path` gives the key bits above it.
  Edge load(std::uint32_t index, const Hash& path, unsigned begin) const {
    const Cell& cell = arena_[index];
    BitReader reader(cell);  // refuses a pruned branch
    Edge edge;
    edge.key = path;
    edge.end = load_label(reader, edge.key, begin, id_bits);
    require(cell.ref_count == 2);
    if (edge.end < id_bits) {
      edge.type = Edge::Type::fork;
      edge.left = cell.refs[0];
      edge.right = cell.refs[1];
    } else {
      edge.type = Edge::Type::leaf;
      edge.account.balance = reader.number(64);
      edge.account.nonce = static_cast<std::uint32_t>(reader.number(32));
      edge.account.lock = reader.hash();
      edge.account.code = cell.refs[0];
      edge.account.data = cell.refs[1];
    }
    reader.end();
    return edge;
  }

  std::uint32_t finish(const Edge& edge, unsigned begin) {
    if (edge.type == Edge::Type::unchanged) return edge.cell;
    BitWriter writer;
    store_label(writer, edge.key, begin, edge.end, id_bits);
    if (edge.type == Edge::Type::fork) return writer.finish(arena_, {edge.left, edge.right});
    writer.number(edge.account.balance, 64);
    writer.number(edge.account.nonce, 32);
    writer.hash(edge.account.lock);
    return writer.finish(arena_, {edge.account.code, edge.account.data});
  }

  static std::size_t split(std::span<const Change> changes, unsigned bit) {
    const auto middle = std::partition_point(changes.begin(), changes.end(),
                                             [bit](const Change& change) { return !key_bit(change.key, bit); });
    return static_cast<std::size_t>(middle - changes.begin());
  }

  // Two edges below bit `at`, either of which may be empty, become one above it.
  Edge join(Edge left, Edge right, const Hash& path, unsigned at) {
    if (left.type != Edge::Type::empty && right.type != Edge::Type::empty) {
      Edge fork;
      fork.type = Edge::Type::fork;
      fork.key = path;
      fork.end = at;
      fork.left = finish(left, at + 1);
      fork.right = finish(right, at + 1);
      return fork;
    }
    const bool branch = left.type == Edge::Type::empty;
    Edge& rest = branch ? right : left;
    if (rest.type != Edge::Type::unchanged) return rest;  // its key has the bits above already
    Hash key = path;
    set_key_bit(key, at, branch);
    return load(rest.cell, key, at + 1);
  }

  // A dictionary of the new accounts alone.
  Edge build(unsigned begin, std::span<const Change> changes) {
    while (!changes.empty() && changes.front().account == nullptr) changes = changes.subspan(1);
    while (!changes.empty() && changes.back().account == nullptr) changes = changes.first(changes.size() - 1);
    Edge edge;
    if (changes.empty()) return edge;
    const Hash& first = changes.front().key;
    const unsigned at = first_difference(first, changes.back().key, begin, id_bits);
    if (at == id_bits) {
      edge.type = Edge::Type::leaf;
      edge.key = first;
      edge.end = id_bits;
      edge.account = *changes.front().account;
      return edge;
    }
    const std::size_t middle = split(changes, at);
    return join(build(at + 1, changes.first(middle)), build(at + 1, changes.subspan(middle)), first, at);
  }

  Edge update(std::uint32_t cell, unsigned begin, std::span<const Change> changes) {
    Edge unchanged;
    unchanged.type = Edge::Type::unchanged;
    unchanged.cell = cell;
    if (changes.empty()) return unchanged;
    const Edge merged = merge(load(cell, changes.front().key, begin), begin, changes);
    return merged.type == Edge::Type::unchanged ? unchanged : merged;
  }

  // Changes an edge whose label begins at `begin`. The answer `unchanged` names no cell: the caller has it.
  Edge merge(const Edge& edge, unsigned begin, std::span<const Change> changes) {
    const unsigned at = std::min(first_difference(edge.key, changes.front().key, begin, edge.end),
                                 first_difference(edge.key, changes.back().key, begin, edge.end));
    if (at < edge.end) return leave_edge(edge, at, changes);
    if (edge.type == Edge::Type::leaf) {
      Edge leaf;
      if (changes.front().account == nullptr) return leaf;
      leaf = edge;
      leaf.account = *changes.front().account;
      return leaf;
    }
    const std::size_t middle = split(changes, at);
    const Edge left = update(edge.left, at + 1, changes.first(middle));
    const Edge right = update(edge.right, at + 1, changes.subspan(middle));
    if (left.type == Edge::Type::unchanged && right.type == Edge::Type::unchanged) return left;
    if (left.type == Edge::Type::empty && right.type == Edge::Type::empty) return left;
    return join(left, right, edge.key, at);
  }

  // Some keys leave the edge in the middle of its label.
  Edge leave_edge(const Edge& edge, unsigned at, std::span<const Change> changes) {
    const std::size_t middle = split(changes, at);
    const bool branch = key_bit(edge.key, at);
    const auto along = branch ? changes.subspan(middle) : changes.first(middle);
    const auto away = branch ? changes.first(middle) : changes.subspan(middle);
    Edge stays = edge;
    bool changed = false;
    if (!along.empty()) {
      Edge merged = merge(edge, at + 1, along);
      changed = merged.type != Edge::Type::unchanged;
      if (changed) stays = merged;
    }
    const Edge fresh = build(at + 1, away);
    if (fresh.type == Edge::Type::empty && !changed) {
      Edge unchanged;
      unchanged.type = Edge::Type::unchanged;
      return unchanged;
    }
    if (fresh.type == Edge::Type::empty && stays.type == Edge::Type::empty) return fresh;
    return branch ? join(fresh, stays, edge.key, at) : join(stays, fresh, edge.key, at);
  }

  Arena& arena_;
  std::uint32_t root_;
};

// ---- Blocks

struct Transfer {
  Hash from, to;
  std::uint64_t amount, fee;
  std::uint32_t nonce, valid_until;
  Hash next_lock;
  std::uint32_t payload = none;
  std::uint32_t cell = none, signature = none;
};

struct Block {
  Hash new_state, content_hash;
  std::uint32_t seqno, time;
  Hash previous_block, previous_state, collector;
  std::uint64_t total_fees;
  std::vector<Transfer> transfers;
};

Transfer load_transfer(const Arena& arena, std::uint32_t index, std::uint32_t signature) {
  const Cell& cell = arena[index];
  BitReader reader(cell);
  require(reader.number(32) == 0x5d3a1c07);
  Transfer transfer;
  transfer.cell = index;
  transfer.signature = signature;
  transfer.from = reader.hash();
  transfer.to = reader.hash();
  transfer.amount = reader.number(64);
  transfer.fee = reader.number(64);
  transfer.nonce = static_cast<std::uint32_t>(reader.number(32));
  transfer.valid_until = static_cast<std::uint32_t>(reader.number(32));
  transfer.next_lock = reader.hash();
  const bool has_payload = reader.bit();
  reader.end();
  require(cell.ref_count == (has_payload ? 1 : 0));
  if (has_payload) transfer.payload = cell.refs[0];
  return transfer;
}

void load_transfers(const Arena& arena, std::uint32_t index, Hash key, unsigned begin, std::vector<Transfer>& transfers) {
  constexpr unsigned key_end = 32;
  const Cell& cell = arena[index];
  BitReader reader(cell);
  const unsigned end = load_label(reader, key, begin, key_end);
  reader.end();
  require(cell.ref_count == 2);
  if (end == key_end) {
    require(load_big_endian(key.data(), 4) == transfers.size());
    transfers.push_back(load_transfer(arena, cell.refs[0], cell.refs[1]));
    return;
  }
  for (unsigned side = 0; side < 2; ++side) {
    set_key_bit(key, end, side == 1);
    load_transfers(arena, cell.refs[side], key, end + 1, transfers);
  }
}

Block load_block(const Arena& arena) {
  for (std::uint32_t i = 0; i < arena.size(); ++i) require(arena[i].kind == Kind::ordinary);
  Block block;
  BitReader reader(arena[0]);
  require(reader.number(32) == 0x11ef55aa);
  block.new_state = reader.hash();
  reader.end();
  require(arena[0].ref_count == 1);

  const Cell& cell = arena[arena[0].refs[0]];
  block.content_hash = cell.hash[1];
  BitReader content(cell);
  require(content.number(32) == 0x9bc7a987);
  block.seqno = static_cast<std::uint32_t>(content.number(32));
  block.time = static_cast<std::uint32_t>(content.number(32));
  block.previous_block = content.hash();
  block.previous_state = content.hash();
  block.collector = content.hash();
  block.total_fees = content.number(64);
  const std::uint64_t transfer_count = content.number(32);
  const bool has_transfers = content.bit();
  content.end();
  require(cell.ref_count == (has_transfers ? 1 : 0));
  if (has_transfers) load_transfers(arena, cell.refs[0], Hash{}, 0, block.transfers);
  require(block.transfers.size() == transfer_count);
  return block;
}

std::uint64_t required_fee(const Arena& arena, std::uint32_t payload) {
  std::uint64_t fee = 1000;
  if (payload == none) return fee;
  std::uint32_t seen[64];
  std::size_t count = 0;
  // Breadth first; 64 cells are few enough to be looked through one by one.
  const auto visit = [&](std::uint32_t cell) {
    if (std::find(seen, seen + count, cell) != seen + count) return;
    require(count < 64);
    seen[count++] = cell;
    fee += 100 + arena[cell].bits;
  };
  visit(payload);
  for (std::size_t i = 0; i < count; ++i) {
    const Cell& cell = arena[seen[i]];
    for (unsigned r = 0; r < cell.ref_count; ++r) visit(cell.refs[r]);
  }
  return fee;
}

// The lock that a Winternitz signature opens. Every step hashes 18 bytes, so one prepared block is all it needs.
Hash opened_lock(const Arena& arena, const Transfer& transfer) {
  constexpr unsigned chains = 35, chains_in_cell = 7;
  const Hash& message = arena[transfer.cell].hash[1];
  std::uint8_t digits[chains];
  unsigned checksum = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    digits[i] = static_cast<std::uint8_t>(i % 2 == 0 ? message[i / 2] >> 4 : message[i / 2] & 15);
    checksum += 15u - digits[i];
  }
  digits[32] = static_cast<std::uint8_t>(checksum >> 8);
  digits[33] = checksum >> 4 & 15;
  digits[34] = checksum & 15;

  std::uint8_t ends[640];
  std::uint32_t chunk = transfer.signature;
  for (unsigned chain = 0; chain < chains; ++chain) {
    const Cell& cell = arena[chunk];
    const unsigned place = chain % chains_in_cell;
    if (place == 0) require(cell.bits == 128 * chains_in_cell && cell.ref_count == (chain + chains_in_cell < chains ? 1 : 0));
    alignas(16) std::uint8_t block[64] = {};
    std::memcpy(block, cell.data + 16 * place, 16);
    block[16] = static_cast<std::uint8_t>(chain);
    block[18] = 0x80;
    block[63] = 18 * 8;
    for (unsigned step = digits[chain]; step < 15; ++step) {
      block[17] = static_cast<std::uint8_t>(step);
      std::uint32_t state[8];
      std::copy_n(sha_start, 8, state);
      compress(state, block, 1);
      hash_from_state(state, block, 4);
    }
    std::memcpy(ends + 16 * chain, block, 16);
    if (place + 1 == chains_in_cell && chain + 1 < chains) chunk = cell.refs[0];
  }
  return hash_in_place(ends, 16 * chains);
}

// ---- The accounts that a block touches

struct HashOfId {
  std::size_t operator()(const Hash& id) const {
    std::size_t value;
    std::memcpy(&value, id.data() + 8, sizeof value);
    return value;
  }
};

class Ledger {
 public:
  Ledger(const Dictionary& dictionary, std::uint32_t empty_cell) : dictionary_(dictionary), empty_cell_(empty_cell) {}

  // Null when there is no such account.
  Account* find(const Hash& id) {
    const auto [it, fresh] = entries_.try_emplace(id);
    Entry& entry = it->second;
    if (fresh) {
      if (const std::optional<Account> old = dictionary_.find(id)) {
        entry.existed = entry.exists = true;
        entry.account = *old;
      }
    }
    return entry.exists ? &entry.account : nullptr;
  }

  void credit(const Hash& id, std::uint64_t amount, std::uint32_t data) {
    Account* account = find(id);
    if (account == nullptr) {
      Entry& entry = entries_.find(id)->second;
      entry.exists = true;
      entry.account = {0, 0, id, empty_cell_, empty_cell_};
      account = &entry.account;
    }
    require(!__builtin_add_overflow(account->balance, amount, &account->balance));
    if (data != none) account->data = data;
  }

  // The sorted changes; accounts without a balance go. `count` follows the number of accounts.
  std::vector<Change> changes(std::uint32_t& count) const {
    std::vector<Change> changes;
    for (const auto& [id, entry] : entries_) {
      const bool stays = entry.exists && entry.account.balance != 0;
      if (stays && !entry.existed) ++count;
      if (!stays && entry.existed) --count;
      changes.push_back({id, stays ? &entry.account : nullptr});
    }
    std::sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) { return a.key < b.key; });
    return changes;
  }

 private:
  struct Entry {
    bool existed = false, exists = false;
    Account account;
  };
  const Dictionary& dictionary_;
  const std::uint32_t empty_cell_;
  std::unordered_map<Hash, Entry, HashOfId> entries_;
};

// ---- The Merkle update

class UpdateBuilder {
 public:
  UpdateBuilder(Arena& arena, std::size_t expected) : arena_(arena), distinct_(expected) {}

  std::uint32_t build(std::uint32_t old_root, std::uint32_t new_root) {
    const std::vector<std::uint32_t> old_cells = post_order(arena_, old_root), new_cells = post_order(arena_, new_root);
    // At most two cells are added for each one visited. None may move: the tables point at their hashes.
    arena_.reserve(arena_.size() + 2 * (old_cells.size() + new_cells.size()) + 1);
    HashTable old_hashes(old_cells.size()), new_hashes(new_cells.size());
    for (const std::uint32_t cell : old_cells) old_hashes.insert(arena_[cell].hash[0], cell);
    for (const std::uint32_t cell : new_cells) new_hashes.insert(arena_[cell].hash[0], cell);

    std::uint8_t* data = arena_.allocate(69);
    data[0] = 4;
    std::memcpy(data + 1, arena_[old_root].hash[0].data(), 32);
    std::memcpy(data + 33, arena_[new_root].hash[0].data(), 32);
    store_big_endian(data + 65, arena_[old_root].depth[0], 2);
    store_big_endian(data + 67, arena_[new_root].depth[0], 2);
    Cell update{data, 552, Kind::merkle_update, 0, 2, {}, {}, {}};
    done_.assign(arena_.size(), none);
    update.refs[0] = prune(old_root, new_hashes);
    done_.assign(done_.size(), none);
    update.refs[1] = prune(new_root, old_hashes);
    return arena_.add(update);  // nobody asks for its hash
  }

 private:
  std::uint32_t prune(std::uint32_t index, HashTable& other) {
    if (done_[index] != none) return done_[index];
    const Cell cell = arena_[index];  // a copy: the arena grows below
    Cell result = cell;
    if (other.contains(cell.hash[0]) && cell.kind != Kind::pruned_branch) {
      return done_[index] = unify(arena_[arena_.add_pruned_branch(cell.hash[0], cell.depth[0])]);
    }
    for (unsigned i = 0; i < cell.ref_count; ++i) result.refs[i] = prune(cell.refs[i], other);
    if (result.kind == Kind::ordinary) {
      // Pruning leaves the hash at level 0 alone.
      result.level_mask = 0;
      for (unsigned i = 0; i < result.ref_count; ++i) result.level_mask |= arena_[result.refs[i]].level_mask;
      if (result.level_mask != 0) {
        arena_.finish_level(result, 1);
      } else {
        result.hash[1] = result.hash[0];
        result.depth[1] = result.depth[0];
      }
    }
    return done_[index] = unify(result);
  }

  // Equal cells are one cell. The table points at hashes, which must not move: they live in a deque.
  std::uint32_t unify(Cell cell) {
    hashes_.push_back(cell.hash[1]);
    const auto fresh = static_cast<std::uint32_t>(arena_.size());
    const std::uint32_t known = distinct_.insert(hashes_.back(), fresh);
    return known == fresh ? arena_.add(cell) : known;
  }

  Arena& arena_;
  HashTable distinct_;
  std::deque<Hash> hashes_;
  std::vector<std::uint32_t> done_;
};

// ---- The whole

// The new state takes payloads over from the block: their cells join the proof's arena.
class Importer {
 public:
  Importer(const Arena& from, Arena& to) : from_(from), to_(to), done_(from.size(), none) {}

  std::uint32_t import(std::uint32_t index) {
    if (index == none || done_[index] != none) return index == none ? none : done_[index];
    Cell cell = from_[index];
    for (unsigned i = 0; i < cell.ref_count; ++i) cell.refs[i] = import(cell.refs[i]);
    return done_[index] = to_.add(cell);
  }

 private:
  const Arena& from_;
  Arena& to_;
  std::vector<std::uint32_t> done_;
};

struct State {
  std::uint32_t seqno, time;
  Hash last_block;
  std::uint32_t account_count;
  std::uint32_t accounts = none;
};

State load_state(const Cell& cell) {
  BitReader reader(cell);
  require(reader.number(32) == 0x9023afe2);
  State state;
  state.seqno = static_cast<std::uint32_t>(reader.number(32));
  state.time = static_cast<std::uint32_t>(reader.number(32));
  state.last_block = reader.hash();
  state.account_count = static_cast<std::uint32_t>(reader.number(32));
  const bool has_accounts = reader.bit();
  reader.end();
  require(cell.ref_count == (has_accounts ? 1 : 0));
  if (has_accounts) state.accounts = cell.refs[0];
  return state;
}

std::uint32_t add_state(Arena& arena, const State& state) {
  BitWriter writer;
  writer.number(0x9023afe2, 32);
  writer.number(state.seqno, 32);
  writer.number(state.time, 32);
  writer.hash(state.last_block);
  writer.number(state.account_count, 32);
  writer.number(state.accounts != none ? 1 : 0, 1);
  return state.accounts != none ? writer.finish(arena, {state.accounts}) : writer.finish(arena, {});
}

// Returns the cell of the state that a proof shows.
std::uint32_t check_proof(const Arena& arena) {
  const Cell& proof = arena[0];
  require(proof.kind == Kind::merkle_proof);
  const Cell& state = arena[proof.refs[0]];
  require(std::memcmp(proof.data + 1, state.hash[0].data(), 32) == 0);
  require(load_big_endian(proof.data + 33, 2) == state.depth[0]);
  return proof.refs[0];
}

void apply_transfer(Ledger& ledger, const Transfer& transfer, std::uint32_t now, const Arena& block_arena,
                    Importer& importer, const Hash& opened) {
  Account* sender = ledger.find(transfer.from);
  require(sender != nullptr);
  require(transfer.nonce == sender->nonce && transfer.nonce != 0xffffffff);
  require(transfer.valid_until >= now);
  require(transfer.from != transfer.to && transfer.amount > 0);
  require(transfer.fee == required_fee(block_arena, transfer.payload));
  std::uint64_t cost;
  require(!__builtin_add_overflow(transfer.amount, transfer.fee, &cost) && cost <= sender->balance);
  require(opened == sender->lock);
  sender->balance -= cost;
  sender->nonce += 1;
  sender->lock = transfer.next_lock;
  ledger.credit(transfer.to, transfer.amount, importer.import(transfer.payload));
}

// Opens the locks of all transfers of a block; any number of threads may call run at once.
class LockOpener {
 public:
  LockOpener(const Arena& arena, const std::vector<Transfer>& transfers)
      : arena_(arena), transfers_(transfers), locks_(transfers.size()) {}

  void run() {
    for (;;) {
      const std::size_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= transfers_.size()) return;
      try {
        locks_[i] = opened_lock(arena_, transfers_[i]);
      } catch (const Invalid&) {
        malformed_ = true;
      }
    }
  }

  // Only once every run has come back.
  const std::vector<Hash>& locks() const {
    require(!malformed_);
    return locks_;
  }

 private:
  const Arena& arena_;
  const std::vector<Transfer>& transfers_;
  std::vector<Hash> locks_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> malformed_ = false;
};

constexpr unsigned max_threads = 8;  // the problem's limit

struct Parsed {
  Block block;
  std::vector<Hash> locks;
};

// Reads both bags of cells and opens all locks.
Parsed parse_in_parallel(std::span<const std::uint8_t> block_boc, std::span<const std::uint8_t> proof_boc,
                         Arena& block_arena, Arena& arena) {
  enum Stage : int { reading, ready, abandoned };
  std::atomic<int> stage = reading;
  std::atomic<bool> proof_is_readable = true;
  std::optional<LockOpener> opener;
  Parsed parsed;

  std::jthread proof_reader([&] {
    try {
      parse(proof_boc, arena);
    } catch (const Invalid&) {
      proof_is_readable = false;
    }
    stage.wait(reading);
    if (stage == ready) opener->run();
  });
  const auto leave = [&](Stage next) {
    stage = next;
    stage.notify_all();
  };
  try {
    parse(block_boc, block_arena);
    parsed.block = load_block(block_arena);
    opener.emplace(block_arena, parsed.block.transfers);
  } catch (const Invalid&) {
    leave(abandoned);
    throw;
  }
  leave(ready);
  {
    std::vector<std::jthread> helpers;
    const unsigned threads = std::min(max_threads, std::thread::hardware_concurrency());
    for (unsigned i = 2; i < threads; ++i) helpers.emplace_back([&] { opener->run(); });
    opener->run();
  }
  proof_reader.join();
  require(proof_is_readable);
  parsed.locks = opener->locks();
  return parsed;
}

Bytes validate(std::span<const std::uint8_t> block_boc, std::span<const std::uint8_t> proof_boc) {
  // A cell of a bag is 20 bytes or more as a rule; a wrong guess only costs a copy.
  Arena block_arena(block_boc.size() / 32), arena(proof_boc.size() / 8 + block_boc.size() / 32);
  const Parsed parsed = parse_in_parallel(block_boc, proof_boc, block_arena, arena);
  const Block& block = parsed.block;
  const std::uint32_t old_root = check_proof(arena);
  State state = load_state(arena[old_root]);
  require(block.previous_state == arena[old_root].hash[0]);
  require(block.previous_block == state.last_block);
  require(state.seqno != 0xffffffff && block.seqno == state.seqno + 1);
  require(block.time > state.time);

  const std::uint32_t empty_cell = BitWriter().finish(arena, {});
  Dictionary dictionary(arena, state.accounts);
  Ledger ledger(dictionary, empty_cell);
  Importer importer(block_arena, arena);
  std::uint64_t fees = 0;
  for (std::size_t i = 0; i < block.transfers.size(); ++i) {
    apply_transfer(ledger, block.transfers[i], block.time, block_arena, importer, parsed.locks[i]);
    fees += block.transfers[i].fee;
  }
  require(fees == block.total_fees);
  if (fees != 0) ledger.credit(block.collector, fees, none);

  const std::vector<Change> changes = ledger.changes(state.account_count);
  state.accounts = dictionary.apply(changes);
  state.seqno = block.seqno;
  state.time = block.time;
  state.last_block = block.content_hash;
  const std::uint32_t new_root = add_state(arena, state);
  require(arena[new_root].hash[0] == block.new_state);
  return serialise(arena, UpdateBuilder(arena, arena.size()).build(old_root, new_root));
}

}  // namespace

std::optional<std::vector<std::uint8_t>> validate_block(std::span<const std::uint8_t> block,
                                                        std::span<const std::uint8_t> proof) {
  try {
    return validate(block, proof);
  } catch (const Invalid&) {
    return std::nullopt;
  }
}
