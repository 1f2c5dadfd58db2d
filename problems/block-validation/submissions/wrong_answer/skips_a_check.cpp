// Wrong: does not compare a transfer's nonce with its sender's, so it takes nonce-replay and nonce-gap for valid and
// gets everything else right. Apart from that it is the reference.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "block_validation.h"

namespace {

using Bytes = std::vector<std::uint8_t>;
using Bits = std::vector<bool>;
using Hash = std::array<std::uint8_t, 32>;

// Thrown wherever a rule is broken; validate_block turns it into the answer.
struct Invalid {};

void require(bool rule_holds) {
  if (!rule_holds) throw Invalid{};
}

// ---- SHA-256 (FIPS 180-4) and CRC-32C

std::uint32_t rotate_right(std::uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

void sha256_block(std::array<std::uint32_t, 8>& state, const std::uint8_t* block) {
  static constexpr std::uint32_t k[64] = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
      0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
      0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
      0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
      0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
      0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
      0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
      0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
  std::uint32_t w[64];
  for (int i = 0; i < 16; ++i) {
    w[i] = 0;
    for (int j = 0; j < 4; ++j) w[i] = w[i] << 8 | block[4 * i + j];
  }
  for (int i = 16; i < 64; ++i) {
    const std::uint32_t s0 = rotate_right(w[i - 15], 7) ^ rotate_right(w[i - 15], 18) ^ w[i - 15] >> 3;
    const std::uint32_t s1 = rotate_right(w[i - 2], 17) ^ rotate_right(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (int i = 0; i < 64; ++i) {
    const std::uint32_t s1 = rotate_right(e, 6) ^ rotate_right(e, 11) ^ rotate_right(e, 25);
    const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + k[i] + w[i];
    const std::uint32_t s0 = rotate_right(a, 2) ^ rotate_right(a, 13) ^ rotate_right(a, 22);
    const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + t1;
    d = c;
    c = b;
    b = a;
    a = t1 + t2;
  }
  const std::array<std::uint32_t, 8> added = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) state[i] += added[i];
}

Hash sha256(Bytes message) {
  const std::uint64_t bit_count = message.size() * 8;
  message.push_back(0x80);
  while (message.size() % 64 != 56) message.push_back(0);
  for (int shift = 56; shift >= 0; shift -= 8) message.push_back(static_cast<std::uint8_t>(bit_count >> shift));

  std::array<std::uint32_t, 8> state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (std::size_t at = 0; at < message.size(); at += 64) sha256_block(state, message.data() + at);
  Hash hash;
  for (std::size_t i = 0; i < 32; ++i) hash[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return hash;
}

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc % 2 != 0 ? 0x82f63b78 : 0);
  }
  return ~crc;
}

// ---- Cells

enum class Kind { ordinary, pruned_branch, merkle_proof, merkle_update };

struct Cell;
using CellRef = std::shared_ptr<const Cell>;

// Hashes and depths for level 0, where a pruned branch stands for the cell that was there, and for level 1, where it
// stands for itself. The hash at level 1 is the representation hash.
struct Cell {
  Kind kind;
  unsigned level_mask;
  Bits bits;
  std::vector<CellRef> refs;
  std::array<Hash, 2> hash;
  std::array<unsigned, 2> depth;
};

// The data as bytes, the last one filled up with a one and zeroes.
Bytes padded(Bits bits) {
  if (bits.size() % 8 != 0) {
    bits.push_back(true);
    while (bits.size() % 8 != 0) bits.push_back(false);
  }
  Bytes bytes(bits.size() / 8);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] << 1 | (bits[i] ? 1 : 0));
  }
  return bytes;
}

std::uint8_t first_descriptor(const Cell& cell, unsigned level_mask) {
  return static_cast<std::uint8_t>(cell.refs.size() + (cell.kind == Kind::ordinary ? 0 : 8) + 32 * level_mask);
}

std::uint8_t second_descriptor(const Cell& cell) {
  return static_cast<std::uint8_t>(cell.bits.size() / 8 + (cell.bits.size() + 7) / 8);
}

Hash hash_of_cell(const Cell& cell, unsigned level_mask, const Bytes& data, std::size_t child_level) {
  Bytes bytes = {first_descriptor(cell, level_mask), second_descriptor(cell)};
  bytes.insert(bytes.end(), data.begin(), data.end());
  for (const CellRef& child : cell.refs) {
    bytes.push_back(static_cast<std::uint8_t>(child->depth[child_level] >> 8));
    bytes.push_back(static_cast<std::uint8_t>(child->depth[child_level]));
  }
  for (const CellRef& child : cell.refs) {
    bytes.insert(bytes.end(), child->hash[child_level].begin(), child->hash[child_level].end());
  }
  return sha256(bytes);
}

CellRef make_cell(Kind kind, Bits bits, std::vector<CellRef> refs) {
  Cell cell{kind, 0, std::move(bits), std::move(refs), {}, {}};
  const Bytes data = padded(cell.bits);
  if (kind == Kind::pruned_branch) {
    cell.level_mask = 1;
    std::copy_n(data.begin() + 2, 32, cell.hash[0].begin());
    cell.depth = {static_cast<unsigned>(data[34]) << 8 | data[35], 0};
    cell.hash[1] = hash_of_cell(cell, 1, data, 1);
    return std::make_shared<Cell>(std::move(cell));
  }
  for (const CellRef& child : cell.refs) {
    // Whatever is pruned below a Merkle cell is that cell's own business.
    if (kind == Kind::ordinary) cell.level_mask |= child->level_mask;
  }
  for (std::size_t level = 0; level <= 1; ++level) {
    const std::size_t child_level = kind == Kind::ordinary ? level : 1;
    for (const CellRef& child : cell.refs) {
      cell.depth[level] = std::max(cell.depth[level], child->depth[child_level] + 1);
    }
    if (level == 0) {
      cell.hash[0] = hash_of_cell(cell, 0, data, child_level);
    } else if (cell.level_mask == 0) {
      cell.hash[1] = cell.hash[0];
    } else {
      cell.hash[1] = hash_of_cell(cell, 1, Bytes(cell.hash[0].begin(), cell.hash[0].end()), child_level);
    }
  }
  return std::make_shared<Cell>(std::move(cell));
}

class Builder {
 public:
  Builder& number(std::uint64_t value, std::size_t width) {
    for (std::size_t i = width; i > 0; --i) bits_.push_back((value >> (i - 1) & 1) != 0);
    return *this;
  }
  Builder& hash(const Hash& hash) {
    for (const std::uint8_t byte : hash) number(byte, 8);
    return *this;
  }
  Builder& bits(const Bits& bits) {
    bits_.insert(bits_.end(), bits.begin(), bits.end());
    return *this;
  }
  Builder& ref(CellRef cell) {
    refs_.push_back(std::move(cell));
    return *this;
  }
  CellRef build(Kind kind = Kind::ordinary) const { return make_cell(kind, bits_, refs_); }

 private:
  Bits bits_;
  std::vector<CellRef> refs_;
};

// Reads the data and the references of an ordinary cell from front to back.
class Slice {
 public:
  explicit Slice(CellRef cell) : cell_(std::move(cell)) { require(cell_->kind == Kind::ordinary); }

  bool bit() {
    require(bit_ < cell_->bits.size());
    return cell_->bits[bit_++];
  }
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 1 | (bit() ? 1 : 0);
    return value;
  }
  Hash hash() {
    Hash hash;
    for (std::uint8_t& byte : hash) byte = static_cast<std::uint8_t>(number(8));
    return hash;
  }
  CellRef ref() {
    require(ref_ < cell_->refs.size());
    return cell_->refs[ref_++];
  }
  void end() const { require(bit_ == cell_->bits.size() && ref_ == cell_->refs.size()); }

 private:
  CellRef cell_;
  std::size_t bit_ = 0, ref_ = 0;
};

// ---- Bags of cells

void collect(const CellRef& cell, std::set<Hash>& seen, std::vector<CellRef>& post_order) {
  if (!seen.insert(cell->hash[1]).second) return;
  for (std::size_t i = cell->refs.size(); i > 0; --i) collect(cell->refs[i - 1], seen, post_order);
  post_order.push_back(cell);
}

std::vector<CellRef> canonical_order(const CellRef& root) {
  std::set<Hash> seen;
  std::vector<CellRef> order;
  collect(root, seen, order);
  std::reverse(order.begin(), order.end());
  return order;
}

std::size_t bytes_needed(std::uint64_t value) {
  std::size_t size = 1;
  while (size < 8 && value >> (8 * size) != 0) ++size;
  return size;
}

void append_number(Bytes& bytes, std::uint64_t value, std::size_t size) {
  for (std::size_t i = size; i > 0; --i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * (i - 1))));
}

Bytes serialise(const CellRef& root) {
  const std::vector<CellRef> cells = canonical_order(root);
  std::map<Hash, std::size_t> index;
  for (std::size_t i = 0; i < cells.size(); ++i) index[cells[i]->hash[1]] = i;

  const std::size_t ref_size = bytes_needed(cells.size());
  Bytes data;
  for (const CellRef& cell : cells) {
    data.push_back(first_descriptor(*cell, cell->level_mask));
    data.push_back(second_descriptor(*cell));
    const Bytes payload = padded(cell->bits);
    data.insert(data.end(), payload.begin(), payload.end());
    for (const CellRef& child : cell->refs) append_number(data, index.at(child->hash[1]), ref_size);
  }

  const std::size_t offset_size = bytes_needed(data.size());
  Bytes boc;
  append_number(boc, 0xb5ee9c72, 4);
  append_number(boc, 0x40 + ref_size, 1);  // no index, a CRC
  append_number(boc, offset_size, 1);
  append_number(boc, cells.size(), ref_size);
  append_number(boc, 1, ref_size);  // roots
  append_number(boc, 0, ref_size);  // absent cells
  append_number(boc, data.size(), offset_size);
  append_number(boc, 0, ref_size);  // the root is the first cell
  boc.insert(boc.end(), data.begin(), data.end());
  const std::uint32_t crc = crc32c(boc);
  for (int i = 0; i < 4; ++i) boc.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
  return boc;
}

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const std::uint8_t byte : take(size)) value = value << 8 | byte;
    return value;
  }
  std::span<const std::uint8_t> take(std::size_t size) {
    require(size <= bytes_.size());
    const auto taken = bytes_.first(size);
    bytes_ = bytes_.subspan(size);
    return taken;
  }
  std::size_t left() const { return bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
};

struct RawCell {
  unsigned first_descriptor;
  Bits bits;
  std::vector<std::size_t> refs;
};

RawCell parse_cell(ByteReader& reader, std::size_t index, std::size_t cell_count, std::size_t ref_size) {
  RawCell raw;
  raw.first_descriptor = static_cast<unsigned>(reader.number(1));
  const std::size_t ref_count = raw.first_descriptor % 8;
  require(ref_count <= 4);
  require((raw.first_descriptor & 16) == 0);  // no hashes are stored with a cell
  const auto second = static_cast<std::size_t>(reader.number(1));
  for (const std::uint8_t byte : reader.take((second + 1) / 2)) {
    for (int i = 7; i >= 0; --i) raw.bits.push_back((byte >> i & 1) != 0);
  }
  if (second % 2 != 0) {
    // The last byte is incomplete: the data ends before the last one in it, which is never the byte's first bit.
    std::size_t dropped = 0;
    for (bool tag = false; !tag; ++dropped) {
      require(dropped < 7);
      tag = raw.bits.back();
      raw.bits.pop_back();
    }
  }
  for (std::size_t i = 0; i < ref_count; ++i) {
    const auto target = static_cast<std::size_t>(reader.number(ref_size));
    require(target > index && target < cell_count);
    raw.refs.push_back(target);
  }
  return raw;
}

CellRef finish_cell(const RawCell& raw, const std::vector<CellRef>& cells) {
  Kind kind = Kind::ordinary;
  if ((raw.first_descriptor & 8) != 0) {
    const Bytes data = padded(raw.bits);
    require(!data.empty() && (data[0] == 1 || data[0] == 3));
    kind = data[0] == 1 ? Kind::pruned_branch : Kind::merkle_proof;
    const std::size_t bits = kind == Kind::pruned_branch ? 288 : 280, refs = kind == Kind::pruned_branch ? 0 : 1;
    require(raw.bits.size() == bits && raw.refs.size() == refs);
    require(kind != Kind::pruned_branch || data[1] == 1);
  }
  std::vector<CellRef> refs;
  for (const std::size_t target : raw.refs) {
    require(cells[target]->kind != Kind::merkle_proof);  // only ever a root
    refs.push_back(cells[target]);
  }
  CellRef cell = make_cell(kind, raw.bits, refs);
  require(raw.first_descriptor >> 5 == cell->level_mask);
  require(cell->depth[0] <= 1024 && cell->depth[1] <= 1024);
  return cell;
}

CellRef parse(std::span<const std::uint8_t> boc) {
  require(boc.size() >= 4);
  ByteReader trailer(boc.last(4));
  std::uint32_t stored_crc = 0;
  for (int i = 0; i < 4; ++i) stored_crc |= static_cast<std::uint32_t>(trailer.number(1)) << (8 * i);
  require(stored_crc == crc32c(boc.first(boc.size() - 4)));

  ByteReader reader(boc.first(boc.size() - 4));
  require(reader.number(4) == 0xb5ee9c72);
  const auto flags = static_cast<std::size_t>(reader.number(1));
  require(flags >= 0x41 && flags <= 0x44);
  const std::size_t ref_size = flags - 0x40;
  const auto offset_size = static_cast<std::size_t>(reader.number(1));
  require(offset_size >= 1 && offset_size <= 8);
  const auto cell_count = static_cast<std::size_t>(reader.number(ref_size));
  require(cell_count >= 1);
  require(reader.number(ref_size) == 1);  // roots
  require(reader.number(ref_size) == 0);  // absent cells
  const std::uint64_t data_size = reader.number(offset_size);
  require(reader.number(ref_size) == 0);  // the root
  require(data_size == reader.left());
  require(cell_count <= reader.left() / 2);  // before anything is allocated for that many cells

  std::vector<RawCell> raw;
  for (std::size_t i = 0; i < cell_count; ++i) raw.push_back(parse_cell(reader, i, cell_count, ref_size));
  require(reader.left() == 0);
  std::vector<CellRef> cells(cell_count);
  for (std::size_t i = cell_count; i > 0; --i) cells[i - 1] = finish_cell(raw[i - 1], cells);

  // What is left of the rules for a canonical bag is easiest checked by writing it again.
  const Bytes again = serialise(cells[0]);
  require(std::equal(again.begin(), again.end(), boc.begin(), boc.end()));
  return cells[0];
}

// ---- Dictionaries: Hashmap n X

std::size_t bit_width(std::size_t value) {
  std::size_t width = 0;
  while (value >> width != 0) ++width;
  return width;
}

void store_label(Builder& builder, const Bits& label, std::size_t max_length) {
  const std::size_t n = label.size(), k = bit_width(max_length);
  const bool same = n > 0 && std::equal(label.begin() + 1, label.end(), label.begin());
  const std::size_t short_size = 2 * n + 2, long_size = 2 + k + n, same_size = 3 + k;
  if (same && same_size < short_size && same_size < long_size) {
    builder.number(3, 2).number(label[0] ? 1 : 0, 1).number(n, k);
  } else if (long_size < short_size) {
    builder.number(2, 2).number(n, k).bits(label);
  } else {
    builder.number(0, 1).bits(Bits(n, true)).number(0, 1).bits(label);
  }
}

Bits load_label(Slice& slice, std::size_t max_length) {
  Bits label, read;
  const auto bit = [&] {
    read.push_back(slice.bit());
    return bool{read.back()};
  };
  const auto length = [&] {
    std::size_t value = 0;
    for (std::size_t i = 0; i < bit_width(max_length); ++i) value = value << 1 | (bit() ? 1 : 0);
    require(value <= max_length);
    return value;
  };
  if (!bit()) {
    std::size_t n = 0;
    while (bit()) require(++n <= max_length);
    for (std::size_t i = 0; i < n; ++i) label.push_back(bit());
  } else if (!bit()) {
    const std::size_t n = length();
    for (std::size_t i = 0; i < n; ++i) label.push_back(bit());
  } else {
    const bool repeated = bit();
    label.assign(length(), repeated);
  }
  Builder shortest;
  store_label(shortest, label, max_length);
  require(shortest.build()->bits == read);
  return label;
}

// An edge of a dictionary: a label, then either a value or a fork into two edges.
struct Edge {
  Bits label;
  Slice rest;         // after the label
  bool leaf = false;  // then rest is the value
};

Edge load_edge(const CellRef& cell, std::size_t key_bits) {
  Slice slice(cell);  // a pruned branch where an edge is needed: the proof shows too little
  Bits label = load_label(slice, key_bits);
  const bool leaf = label.size() == key_bits;
  return {std::move(label), std::move(slice), leaf};
}

Bits tail(const Bits& bits, std::size_t from) { return Bits(bits.begin() + static_cast<std::ptrdiff_t>(from), bits.end()); }

std::size_t common_prefix(const Bits& a, const Bits& b) {
  std::size_t n = 0;
  while (n < a.size() && n < b.size() && a[n] == b[n]) ++n;
  return n;
}

Bits to_bits(const Hash& hash) {
  Bits bits;
  for (const std::uint8_t byte : hash) {
    for (int i = 7; i >= 0; --i) bits.push_back((byte >> i & 1) != 0);
  }
  return bits;
}

// ---- Accounts

struct Account {
  std::uint64_t balance = 0;
  std::uint32_t nonce = 0;
  Hash lock{};
  CellRef code, data;
};

Account load_account(Slice slice) {
  Account account;
  account.balance = slice.number(64);
  account.nonce = static_cast<std::uint32_t>(slice.number(32));
  account.lock = slice.hash();
  account.code = slice.ref();
  account.data = slice.ref();
  slice.end();
  return account;
}

CellRef make_leaf(const Bits& key, const Account& account) {
  Builder builder;
  store_label(builder, key, key.size());
  builder.number(account.balance, 64).number(account.nonce, 32).hash(account.lock);
  return builder.ref(account.code).ref(account.data).build();
}

CellRef make_fork(const Bits& label, std::size_t key_bits, CellRef left, CellRef right) {
  Builder builder;
  store_label(builder, label, key_bits);
  return builder.ref(std::move(left)).ref(std::move(right)).build();
}

std::optional<Account> find(const CellRef& cell, const Bits& key) {
  if (cell == nullptr) return std::nullopt;
  Edge edge = load_edge(cell, key.size());
  const std::size_t n = edge.label.size();
  if (common_prefix(edge.label, key) < n) return std::nullopt;
  if (edge.leaf) return load_account(edge.rest);
  const CellRef left = edge.rest.ref(), right = edge.rest.ref();
  edge.rest.end();
  return find(key[n] ? right : left, tail(key, n + 1));
}

CellRef put(const CellRef& cell, const Bits& key, const Account& account) {
  if (cell == nullptr) return make_leaf(key, account);
  Edge edge = load_edge(cell, key.size());
  const std::size_t n = common_prefix(edge.label, key);
  const Bits shared(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(n));
  if (n < edge.label.size()) {
    // The key leaves in the middle of the edge: a new fork, and the old edge goes on with a shorter label.
    const std::size_t rest_bits = key.size() - n - 1;
    const Bits old_label = tail(edge.label, n + 1);
    CellRef old_edge;
    if (edge.leaf) {
      old_edge = make_leaf(old_label, load_account(edge.rest));
    } else {
      const CellRef left = edge.rest.ref(), right = edge.rest.ref();
      edge.rest.end();
      old_edge = make_fork(old_label, rest_bits, left, right);
    }
    const CellRef new_edge = make_leaf(tail(key, n + 1), account);
    return key[n] ? make_fork(shared, key.size(), old_edge, new_edge) : make_fork(shared, key.size(), new_edge, old_edge);
  }
  if (edge.leaf) return make_leaf(key, account);
  CellRef left = edge.rest.ref(), right = edge.rest.ref();
  edge.rest.end();
  CellRef& side = key[n] ? right : left;
  side = put(side, tail(key, n + 1), account);
  return make_fork(edge.label, key.size(), left, right);
}

// Removes a key that is there.
CellRef remove(const CellRef& cell, const Bits& key) {
  Edge edge = load_edge(cell, key.size());
  if (edge.leaf) return nullptr;
  const std::size_t n = edge.label.size();
  CellRef left = edge.rest.ref(), right = edge.rest.ref();
  CellRef& side = key[n] ? right : left;
  side = remove(side, tail(key, n + 1));
  if (left != nullptr && right != nullptr) return make_fork(edge.label, key.size(), left, right);

  // Only the other side is left: its edge and this one become one.
  const bool branch = left == nullptr;
  Edge other = load_edge(branch ? right : left, key.size() - n - 1);
  Bits label = edge.label;
  label.push_back(branch);
  label.insert(label.end(), other.label.begin(), other.label.end());
  if (other.leaf) return make_leaf(label, load_account(other.rest));
  const CellRef other_left = other.rest.ref(), other_right = other.rest.ref();
  other.rest.end();
  return make_fork(label, key.size(), other_left, other_right);
}

// ---- States

struct State {
  std::uint32_t seqno, time;
  Hash last_block;
  std::uint32_t account_count;
  CellRef accounts;  // null when empty
};

State load_state(const CellRef& cell) {
  Slice slice(cell);
  require(slice.number(32) == 0x9023afe2);
  State state;
  state.seqno = static_cast<std::uint32_t>(slice.number(32));
  state.time = static_cast<std::uint32_t>(slice.number(32));
  state.last_block = slice.hash();
  state.account_count = static_cast<std::uint32_t>(slice.number(32));
  if (slice.bit()) state.accounts = slice.ref();
  slice.end();
  return state;
}

CellRef make_state(const State& state) {
  Builder builder;
  builder.number(0x9023afe2, 32).number(state.seqno, 32).number(state.time, 32).hash(state.last_block);
  builder.number(state.account_count, 32).number(state.accounts != nullptr ? 1 : 0, 1);
  if (state.accounts != nullptr) builder.ref(state.accounts);
  return builder.build();
}

// ---- Blocks

struct Transfer {
  Hash from, to;
  std::uint64_t amount, fee;
  std::uint32_t nonce, valid_until;  // the nonce is read and never used
  Hash next_lock;
  CellRef payload;  // may be null
  Hash hash;        // what the sender signed
  CellRef signature;
};

struct Block {
  Hash new_state;
  Hash content_hash;
  std::uint32_t seqno, time;
  Hash previous_block, previous_state;
  Hash collector;
  std::uint64_t total_fees;
  std::vector<Transfer> transfers;
};

Transfer load_transfer(Slice leaf) {
  const CellRef cell = leaf.ref();
  Transfer transfer;
  transfer.signature = leaf.ref();
  leaf.end();
  transfer.hash = cell->hash[1];
  Slice slice(cell);
  require(slice.number(32) == 0x5d3a1c07);
  transfer.from = slice.hash();
  transfer.to = slice.hash();
  transfer.amount = slice.number(64);
  transfer.fee = slice.number(64);
  transfer.nonce = static_cast<std::uint32_t>(slice.number(32));
  transfer.valid_until = static_cast<std::uint32_t>(slice.number(32));
  transfer.next_lock = slice.hash();
  if (slice.bit()) transfer.payload = slice.ref();
  slice.end();
  return transfer;
}

void load_transfers(const CellRef& cell, std::size_t key_bits, std::uint64_t prefix, std::vector<Transfer>& transfers) {
  Edge edge = load_edge(cell, key_bits);
  for (const bool bit : edge.label) prefix = prefix << 1 | (bit ? 1 : 0);
  if (edge.leaf) {
    require(prefix == transfers.size());  // the keys are 0, 1, 2, ...
    transfers.push_back(load_transfer(edge.rest));
    return;
  }
  const CellRef left = edge.rest.ref(), right = edge.rest.ref();
  edge.rest.end();
  const std::size_t rest = key_bits - edge.label.size() - 1;
  load_transfers(left, rest, prefix << 1, transfers);
  load_transfers(right, rest, prefix << 1 | 1, transfers);
}

Block load_block(const CellRef& root) {
  Slice slice(root);
  Block block;
  require(slice.number(32) == 0x11ef55aa);
  block.new_state = slice.hash();
  const CellRef content_cell = slice.ref();
  slice.end();

  block.content_hash = content_cell->hash[1];
  Slice content(content_cell);
  require(content.number(32) == 0x9bc7a987);
  block.seqno = static_cast<std::uint32_t>(content.number(32));
  block.time = static_cast<std::uint32_t>(content.number(32));
  block.previous_block = content.hash();
  block.previous_state = content.hash();
  block.collector = content.hash();
  block.total_fees = content.number(64);
  const std::uint64_t transfer_count = content.number(32);
  if (content.bit()) load_transfers(content.ref(), 32, 0, block.transfers);
  content.end();
  require(block.transfers.size() == transfer_count);
  return block;
}

// ---- Rules for a transfer

std::uint64_t required_fee(const CellRef& payload) {
  if (payload == nullptr) return 1000;
  const std::vector<CellRef> cells = canonical_order(payload);
  require(cells.size() <= 64);
  std::uint64_t fee = 1000;
  for (const CellRef& cell : cells) fee += 100 + cell->bits.size();
  return fee;
}

// The lock that a Winternitz signature opens: every chain is walked from where the message says to its end.
Hash opened_lock(const Hash& message, CellRef chunk) {
  std::vector<unsigned> digits;
  unsigned checksum = 0;
  for (std::size_t i = 0; i < 16; ++i) {
    for (const unsigned digit : {message[i] / 16u, message[i] % 16u}) {
      digits.push_back(digit);
      checksum += 15 - digit;
    }
  }
  for (const unsigned digit : {checksum / 256, checksum / 16 % 16, checksum % 16}) digits.push_back(digit);

  Bytes ends;
  for (std::size_t group = 0; group < 5; ++group) {
    Slice slice(chunk);
    for (std::size_t i = 0; i < 7; ++i) {
      const std::size_t chain = 7 * group + i;
      Bytes value;
      for (int byte = 0; byte < 16; ++byte) value.push_back(static_cast<std::uint8_t>(slice.number(8)));
      for (unsigned step = digits[chain]; step < 15; ++step) {
        value.push_back(static_cast<std::uint8_t>(chain));
        value.push_back(static_cast<std::uint8_t>(step));
        const Hash hash = sha256(value);
        value.assign(hash.begin(), hash.begin() + 16);
      }
      ends.insert(ends.end(), value.begin(), value.end());
    }
    if (group < 4) chunk = slice.ref();
    slice.end();
  }
  return sha256(ends);
}

void apply_transfer(State& state, const Transfer& transfer, std::uint32_t now) {
  const Bits from = to_bits(transfer.from), to = to_bits(transfer.to);
  std::optional<Account> sender = find(state.accounts, from);
  require(sender.has_value());
  // Wrong: the transfer's nonce is not compared with the account's.
  require(transfer.valid_until >= now);
  require(transfer.from != transfer.to);
  require(transfer.amount > 0);
  require(transfer.fee == required_fee(transfer.payload));
  require(transfer.amount <= sender->balance && transfer.fee <= sender->balance - transfer.amount);
  require(opened_lock(transfer.hash, transfer.signature) == sender->lock);

  sender->balance -= transfer.amount + transfer.fee;
  sender->nonce += 1;
  sender->lock = transfer.next_lock;
  state.accounts = put(state.accounts, from, *sender);

  std::optional<Account> receiver = find(state.accounts, to);
  if (!receiver) {
    const CellRef empty = Builder().build();
    receiver = Account{0, 0, transfer.to, empty, empty};
    state.account_count += 1;
  }
  require(receiver->balance + transfer.amount >= receiver->balance);
  receiver->balance += transfer.amount;
  if (transfer.payload != nullptr) receiver->data = transfer.payload;
  state.accounts = put(state.accounts, to, *receiver);
}

void pay_collector(State& state, const Hash& collector, std::uint64_t fees) {
  if (fees == 0) return;
  std::optional<Account> account = find(state.accounts, to_bits(collector));
  if (!account) {
    const CellRef empty = Builder().build();
    account = Account{0, 0, collector, empty, empty};
    state.account_count += 1;
  }
  require(account->balance + fees >= account->balance);
  account->balance += fees;
  state.accounts = put(state.accounts, to_bits(collector), *account);
}

// ---- The Merkle update

std::set<Hash> hashes_of_tree(const CellRef& root) {
  std::set<Hash> hashes;
  for (const CellRef& cell : canonical_order(root)) hashes.insert(cell->hash[0]);
  return hashes;
}

// The tree with every subtree pruned whose root is also in the other tree.
CellRef prune(const CellRef& cell, const std::set<Hash>& other, std::map<Hash, CellRef>& done) {
  const auto known = done.find(cell->hash[1]);
  if (known != done.end()) return known->second;
  CellRef result = cell;
  if (other.count(cell->hash[0]) != 0) {
    result = Builder().number(0x0101, 16).hash(cell->hash[0]).number(cell->depth[0], 16).build(Kind::pruned_branch);
  } else if (cell->kind == Kind::ordinary) {
    Builder builder;
    builder.bits(cell->bits);
    for (const CellRef& child : cell->refs) builder.ref(prune(child, other, done));
    result = builder.build();
  }
  done[cell->hash[1]] = result;
  return result;
}

CellRef make_update(const CellRef& old_state, const CellRef& new_state) {
  const std::set<Hash> old_hashes = hashes_of_tree(old_state), new_hashes = hashes_of_tree(new_state);
  std::map<Hash, CellRef> old_done, new_done;
  const CellRef old_side = prune(old_state, new_hashes, old_done), new_side = prune(new_state, old_hashes, new_done);
  Builder builder;
  builder.number(4, 8).hash(old_state->hash[0]).hash(new_state->hash[0]);
  builder.number(old_state->depth[0], 16).number(new_state->depth[0], 16);
  return builder.ref(old_side).ref(new_side).build(Kind::merkle_update);
}

// ---- The whole

CellRef check_proof(const CellRef& proof) {
  require(proof->kind == Kind::merkle_proof);
  const CellRef state = proof->refs[0];
  Builder expected;
  expected.number(3, 8).hash(state->hash[0]).number(state->depth[0], 16);
  require(proof->bits == expected.ref(state).build(Kind::merkle_proof)->bits);
  return state;
}

void require_no_exotic_cells(const CellRef& root) {
  for (const CellRef& cell : canonical_order(root)) require(cell->kind == Kind::ordinary);
}

Bytes validate(std::span<const std::uint8_t> block_boc, std::span<const std::uint8_t> proof_boc) {
  const CellRef block_cell = parse(block_boc);
  require_no_exotic_cells(block_cell);
  const CellRef old_state = check_proof(parse(proof_boc));
  const Block block = load_block(block_cell);
  State state = load_state(old_state);

  require(block.previous_state == old_state->hash[0]);
  require(block.previous_block == state.last_block);
  require(state.seqno != 0xffffffff && block.seqno == state.seqno + 1);
  require(block.time > state.time);

  std::uint64_t fees = 0;
  std::set<Hash> touched = {block.collector};
  for (const Transfer& transfer : block.transfers) {
    apply_transfer(state, transfer, block.time);
    fees += transfer.fee;
    touched.insert(transfer.from);
    touched.insert(transfer.to);
  }
  require(fees == block.total_fees);
  pay_collector(state, block.collector, fees);
  if (!block.transfers.empty()) {
    for (const Hash& id : touched) {
      const std::optional<Account> account = find(state.accounts, to_bits(id));
      if (!account || account->balance != 0) continue;
      state.accounts = remove(state.accounts, to_bits(id));
      state.account_count -= 1;
    }
  }
  state.seqno = block.seqno;
  state.time = block.time;
  state.last_block = block.content_hash;
  const CellRef new_state = make_state(state);
  require(new_state->hash[0] == block.new_state);
  return serialise(make_update(old_state, new_state));
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
