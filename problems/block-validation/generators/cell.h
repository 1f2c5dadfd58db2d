// Cells, builders and bags of cells as TON defines them, restricted to what this chain uses: ordinary cells,
// pruned branches of one level, Merkle proofs and Merkle updates.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

#include "sha256.h"

namespace chain {

using Bytes = std::vector<std::uint8_t>;

// A string of bits, eight to a byte from the top; unused bits of the last byte are zero.
class Bits {
 public:
  std::size_t size() const { return size_; }
  bool operator[](std::size_t i) const { return (bytes_[i / 8] >> (7 - i % 8) & 1) != 0; }

  void append(std::uint64_t value, unsigned width) {
    while (width > 0) {
      if (size_ % 8 == 0) bytes_.push_back(0);
      const unsigned room = 8 - static_cast<unsigned>(size_ % 8), taken = std::min(room, width);
      const std::uint64_t piece = value >> (width - taken) & ((1u << taken) - 1);
      bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | piece << (room - taken));
      size_ += taken;
      width -= taken;
    }
  }
  void append(const Bits& other) {
    for (std::size_t i = 0; i + 8 <= other.size_; i += 8) append(other.bytes_[i / 8], 8);
    const auto rest = static_cast<unsigned>(other.size_ % 8);
    if (rest != 0) append(other.bytes_.back() >> (8 - rest), rest);
  }
  Bits slice(std::size_t begin, std::size_t end) const {
    Bits result;
    for (std::size_t i = begin; i < end; ++i) result.append((*this)[i] ? 1 : 0, 1);
    return result;
  }

  // As a cell's data is written: an incomplete last byte gets the completion tag, a one followed by zeroes.
  Bytes padded() const {
    Bytes data = bytes_;
    if (size_ % 8 != 0) data.back() = static_cast<std::uint8_t>(data.back() | 0x80 >> (size_ % 8));
    return data;
  }

 private:
  Bytes bytes_;
  std::size_t size_ = 0;
};

enum class CellType : std::uint8_t { ordinary = 0, pruned_branch = 1, merkle_proof = 3, merkle_update = 4 };

// A finished cell never changes. Cells live in one arena until the program ends (a generator makes one test case),
// so they are passed around as plain pointers.
struct Cell {
  CellType type = CellType::ordinary;
  unsigned level_mask = 0;  // 0, or 1 below a Merkle cell with something pruned
  Bits bits;
  std::vector<const Cell*> refs;
  // At level 0 a pruned branch stands for the cell that was there; at level 1 it stands for itself.
  std::array<Hash, 2> hash{};
  std::array<std::uint16_t, 2> depth{};

  const Hash& representation_hash() const { return hash[1]; }
};

inline std::uint8_t descriptor1(const Cell& cell, unsigned level_mask) {
  const unsigned exotic = cell.type == CellType::ordinary ? 0 : 8;
  return static_cast<std::uint8_t>(cell.refs.size() + exotic + 32 * level_mask);
}

inline std::uint8_t descriptor2(const Cell& cell) {
  return static_cast<std::uint8_t>(cell.bits.size() / 8 + (cell.bits.size() + 7) / 8);
}

class Builder {
 public:
  Builder& store(std::uint64_t value, unsigned width) {
    bits_.append(value, width);
    return *this;
  }
  Builder& store(std::span<const std::uint8_t> bytes) {
    for (const std::uint8_t byte : bytes) bits_.append(byte, 8);
    return *this;
  }
  Builder& store(const Bits& bits) {
    bits_.append(bits);
    return *this;
  }
  Builder& ref(const Cell* cell) {
    refs_.push_back(cell);
    return *this;
  }

  const Cell* build(CellType type = CellType::ordinary) const {
    if (bits_.size() > 1023 || refs_.size() > 4) throw std::logic_error("cell overflow");
    static std::deque<Cell> arena;
    Cell& cell = arena.emplace_back();
    cell.type = type;
    cell.bits = bits_;
    cell.refs = refs_;
    const Bytes data = bits_.padded();
    if (type == CellType::pruned_branch) {
      cell.level_mask = 1;
      std::copy_n(data.begin() + 2, 32, cell.hash[0].begin());
      cell.depth[0] = static_cast<std::uint16_t>(data[34] << 8 | data[35]);
      cell.hash[1] = representation(cell, 1, data, 1);
      return &cell;
    }
    const bool merkle = type != CellType::ordinary;
    if (!merkle) {
      for (const Cell* child : refs_) cell.level_mask |= child->level_mask;
    }
    // A Merkle cell hides one level: at its level 0 it sees its children at level 1.
    for (std::size_t level = 0; level < 2; ++level) {
      const std::size_t child_level = merkle ? 1 : level;
      for (const Cell* child : refs_) {
        cell.depth[level] = std::max<std::uint16_t>(cell.depth[level],
                                                    static_cast<std::uint16_t>(child->depth[child_level] + 1));
      }
      if (level == 1 && cell.level_mask == 0) {
        cell.hash[1] = cell.hash[0];
      } else {
        // Above level 0 the data is replaced by the hash of the level below.
        const Bytes lower(cell.hash[0].begin(), cell.hash[0].end());
        cell.hash[level] = representation(cell, level == 0 ? 0 : 1, level == 0 ? data : lower, child_level);
      }
    }
    return &cell;
  }

 private:
  static Hash representation(const Cell& cell, unsigned level_mask, const Bytes& data, std::size_t child_level) {
    Bytes bytes = {descriptor1(cell, level_mask), descriptor2(cell)};
    bytes.insert(bytes.end(), data.begin(), data.end());
    for (const Cell* child : cell.refs) {
      bytes.push_back(static_cast<std::uint8_t>(child->depth[child_level] >> 8));
      bytes.push_back(static_cast<std::uint8_t>(child->depth[child_level]));
    }
    for (const Cell* child : cell.refs) {
      bytes.insert(bytes.end(), child->hash[child_level].begin(), child->hash[child_level].end());
    }
    return sha256(bytes);
  }

  Bits bits_;
  std::vector<const Cell*> refs_;
};

inline const Cell* pruned_branch(const Hash& hash, std::uint16_t depth) {
  return Builder().store(1, 8).store(1, 8).store(hash).store(depth, 16).build(CellType::pruned_branch);
}

inline const Cell* merkle_proof(const Hash& hash, std::uint16_t depth, const Cell* shown) {
  return Builder().store(3, 8).store(hash).store(depth, 16).ref(shown).build(CellType::merkle_proof);
}

inline const Cell* merkle_update(const Cell* old_side, const Cell* new_side) {
  return Builder()
      .store(4, 8)
      .store(old_side->hash[0])
      .store(new_side->hash[0])
      .store(old_side->depth[0], 16)
      .store(new_side->depth[0], 16)
      .ref(old_side)
      .ref(new_side)
      .build(CellType::merkle_update);
}

// Every cell reachable from root, once, in canonical order: reversed post-order, references visited from last to
// first. For a tree this is plain pre-order; always a cell comes before the cells it refers to.
inline std::vector<const Cell*> canonical_order(const Cell* root) {
  std::vector<const Cell*> order;
  std::map<Hash, bool> seen;
  const auto visit = [&](const auto& self, const Cell* cell) -> void {
    if (!seen.emplace(cell->representation_hash(), true).second) return;
    for (std::size_t i = cell->refs.size(); i-- > 0;) self(self, cell->refs[i]);
    order.push_back(cell);
  };
  visit(visit, root);
  return {order.rbegin(), order.rend()};
}

inline std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  static const auto table = [] {
    std::array<std::uint32_t, 256> entries{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t value = i;
      for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82f63b78 : 0);
      entries[i] = value;
    }
    return entries;
  }();
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : bytes) crc = (crc >> 8) ^ table[(crc ^ byte) & 0xff];
  return ~crc;
}

// How a bag of cells is written. The defaults are the canonical form; the rest exists to make invalid ones.
struct BocStyle {
  std::uint8_t flags = 0x40;  // bit 7: index, bit 6: CRC-32C
  bool bad_crc = false;
  unsigned wider_ref = 0, wider_offset = 0;
  bool duplicate_cell = false;    // a cell is written twice, its parents share the uses
  bool unreachable_cell = false;  // one more cell that nothing refers to
  bool swapped_cells = false;     // two neighbours without a reference between them change places
  bool backward_reference = false;
  bool wrong_level = false;       // the last cell claims level 1
  bool explicit_hashes = false;   // the last cell's descriptor says that hashes follow
  bool overlong_data = false;     // the last cell has whole bytes and carries a needless completion tag
  bool missing_tag = false;       // the last cell has an incomplete byte without a completion tag
  bool five_references = false;
  unsigned trailing_bytes = 0, missing_bytes = 0;
};

inline void append_big_endian(Bytes& out, std::uint64_t value, unsigned size) {
  for (unsigned i = size; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

inline Bytes serialise(const Cell* root, const BocStyle& style = {}) {
  std::vector<const Cell*> cells = canonical_order(root);
  if (style.swapped_cells) {
    for (std::size_t i = cells.size() - 1; i > 1; --i) {
      const auto& refs = cells[i - 1]->refs;
      if (std::find(refs.begin(), refs.end(), cells[i]) != refs.end()) continue;
      std::swap(cells[i - 1], cells[i]);
      break;
    }
  }
  std::map<Hash, std::size_t> index;
  for (std::size_t i = 0; i < cells.size(); ++i) index[cells[i]->representation_hash()] = i;
  const std::size_t last = cells.size() - 1;
  std::size_t twin = cells.size();  // the cell written twice: best a leaf with several uses
  if (style.duplicate_cell) {
    std::map<const Cell*, int> uses;
    for (const Cell* cell : cells) {
      for (const Cell* child : cell->refs) ++uses[child];
    }
    for (twin = last; twin > 0 && (!cells[twin]->refs.empty() || uses[cells[twin]] < 2);) --twin;
    if (twin == 0) twin = last;
    cells.push_back(cells[twin]);
  }
  if (style.unreachable_cell) cells.push_back(Builder().store(0x57, 8).build());

  unsigned ref_size = 1;
  while (cells.size() >> (8 * ref_size) != 0) ++ref_size;
  ref_size += style.wider_ref;

  bool twin_used = false;
  Bytes data;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Cell& cell = *cells[i];
    std::uint8_t d1 = descriptor1(cell, cell.level_mask), d2 = descriptor2(cell);
    Bytes payload = cell.bits.padded();
    if (i == last && style.wrong_level) d1 = static_cast<std::uint8_t>(d1 ^ 0x20);
    if (i == last && style.explicit_hashes) d1 = static_cast<std::uint8_t>(d1 | 0x10);
    if (i == last && style.five_references) d1 = static_cast<std::uint8_t>((d1 & ~7) | 5);
    if (i == last && style.overlong_data) {
      d2 = static_cast<std::uint8_t>(d2 + 1);
      payload.push_back(0x80);
    }
    if (i == last && style.missing_tag) {
      d2 = static_cast<std::uint8_t>(d2 | 1);
      payload.push_back(0);
    }
    data.push_back(d1);
    data.push_back(d2);
    data.insert(data.end(), payload.begin(), payload.end());
    if (i == last && style.five_references) {
      for (int r = 0; r < 5; ++r) append_big_endian(data, cells.size() - 1, ref_size);
    }
    for (const Cell* child : cell.refs) {
      std::size_t target = index.at(child->representation_hash());
      if (style.duplicate_cell && target == twin) target = std::exchange(twin_used, true) ? last + 1 : twin;
      if (style.backward_reference && target == last) target = i;
      append_big_endian(data, target, ref_size);
    }
  }

  unsigned offset_size = 1;
  while (data.size() >> (8 * offset_size) != 0) ++offset_size;
  offset_size += style.wider_offset;

  Bytes boc;
  append_big_endian(boc, 0xb5ee9c72, 4);
  boc.push_back(static_cast<std::uint8_t>(style.flags | ref_size));
  boc.push_back(static_cast<std::uint8_t>(offset_size));
  append_big_endian(boc, cells.size(), ref_size);
  append_big_endian(boc, 1, ref_size);  // roots
  append_big_endian(boc, 0, ref_size);  // absent cells
  append_big_endian(boc, data.size(), offset_size);
  append_big_endian(boc, 0, ref_size);  // the root
  boc.insert(boc.end(), data.begin(), data.end());
  boc.resize(boc.size() - style.missing_bytes);
  boc.resize(boc.size() + style.trailing_bytes);
  if ((style.flags & 0x40) != 0) {
    const std::uint32_t crc = crc32c(boc) ^ (style.bad_crc ? 0x00010000 : 0);
    for (unsigned i = 0; i < 4; ++i) boc.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
  }
  return boc;
}

}  // namespace chain
