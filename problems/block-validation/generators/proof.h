// What a validator gets to see of the old state, and the canonical Merkle update, made from full knowledge of both
// states: only rendering here, no dictionary is ever updated.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "chain.h"

namespace chain {

inline std::size_t common_bits(const Hash& a, const Hash& b) {
  for (std::size_t i = 0; i < 256; ++i) {
    if (((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1) != 0) return i;
  }
  return 256;
}

// Whether a sorted set has a key that starts like `key` for `length` bits.
template <class Set>
bool has_prefix(const Set& keys, const Hash& key, std::size_t length) {
  Hash low{};
  for (std::size_t i = 0; i < length; ++i) {
    if ((key[i / 8] >> (7 - i % 8) & 1) != 0) low[i / 8] = static_cast<std::uint8_t>(low[i / 8] | 0x80 >> (i % 8));
  }
  const auto it = keys.lower_bound(low);
  if (it == keys.end()) return false;
  if constexpr (requires { it->first; }) {
    return common_bits(it->first, key) >= length;
  } else {
    return common_bits(*it, key) >= length;
  }
}

// The dictionary cells of the old state that a validator needs: the path to every touched key, present or not, and
// where one side of a fork becomes empty the root of the other side, whose label grows.
struct NeededCells {
  std::set<Hash> paths, siblings;
};

inline NeededCells needed_cells(const Hashmap& old_map, const std::vector<Hash>& old_keys, const std::set<Hash>& touched,
                                const Accounts& new_accounts) {
  NeededCells needed;
  for (const HashmapNode& node : old_map.nodes) {
    const Hash& key = old_keys[node.begin];
    if (!has_prefix(touched, key, node.prefix)) continue;
    needed.paths.insert(node.cell->hash[0]);
    const std::size_t split = node.prefix + node.label;
    if (split == 256) continue;
    const bool left = has_prefix(new_accounts, old_keys[node.begin], split + 1);
    const bool right = has_prefix(new_accounts, old_keys[node.end - 1], split + 1);
    if (left != right) needed.siblings.insert(node.cell->refs[left ? 0 : 1]->hash[0]);
  }
  return needed;
}

// A full old tree as the proof shows it.
class ProofView {
 public:
  // Cells whose hashes are not in `visible` are pruned; `tampered` lists pruned branches that lie.
  struct Lie {
    Hash hash{};
    std::uint16_t depth = 0;
  };
  ProofView(std::set<Hash> visible, std::map<Hash, Lie> tampered)
      : visible_(std::move(visible)), tampered_(std::move(tampered)) {}

  const Cell* show_old(const Cell* cell) {
    const auto [it, fresh] = shown_.emplace(cell->hash[0], nullptr);
    if (!fresh) return it->second;
    const Cell* result;
    if (visible_.count(cell->hash[0]) == 0) {
      const auto lie = tampered_.find(cell->hash[0]);
      result = lie == tampered_.end() ? pruned_branch(cell->hash[0], cell->depth[0])
                                      : pruned_branch(lie->second.hash, lie->second.depth);
      pruned_.push_back(cell);
    } else {
      Builder builder;
      builder.store(cell->bits);
      for (const Cell* child : cell->refs) builder.ref(show_old(child));
      result = builder.build();
    }
    return shown_[cell->hash[0]] = result;
  }

  // The new tree as somebody derives it who saw only the proof. Call show_old first.
  const Cell* show_new(const Cell* cell) {
    const auto [it, fresh] = shown_.emplace(cell->hash[0], nullptr);
    if (!fresh) return it->second;
    if (cell->type != CellType::ordinary) return shown_[cell->hash[0]] = cell;
    Builder builder;
    builder.store(cell->bits);
    for (const Cell* child : cell->refs) builder.ref(show_new(child));
    const Cell* result = builder.build();
    return shown_[cell->hash[0]] = result;
  }

  // Full versions of what show_old pruned, in the order of meeting.
  const std::vector<const Cell*>& pruned() const { return pruned_; }

 private:
  std::set<Hash> visible_;
  std::map<Hash, Lie> tampered_;
  std::map<Hash, const Cell*> shown_;
  std::vector<const Cell*> pruned_;
};

// The level-0 hashes of all cells of a tree.
inline std::set<Hash> tree_hashes(const Cell* root) {
  std::set<Hash> hashes;
  for (const Cell* cell : canonical_order(root)) hashes.insert(cell->hash[0]);
  return hashes;
}

// The tree with every subtree pruned whose root is also a cell of the other tree.
inline const Cell* prune_common(const Cell* cell, const std::set<Hash>& other, std::map<Hash, const Cell*>& done) {
  const auto [it, fresh] = done.emplace(cell->hash[1], nullptr);
  if (!fresh) return it->second;
  const Cell* result = cell;
  if (other.count(cell->hash[0]) != 0) {
    result = pruned_branch(cell->hash[0], cell->depth[0]);
  } else if (cell->type == CellType::ordinary) {
    Builder builder;
    builder.store(cell->bits);
    for (const Cell* child : cell->refs) builder.ref(prune_common(child, other, done));
    result = builder.build();
  }
  return done[cell->hash[1]] = result;
}

inline const Cell* canonical_update(const Cell* old_view, const Cell* new_view) {
  const std::set<Hash> old_hashes = tree_hashes(old_view), new_hashes = tree_hashes(new_view);
  std::map<Hash, const Cell*> old_done, new_done;
  return merkle_update(prune_common(old_view, new_hashes, old_done), prune_common(new_view, old_hashes, new_done));
}

}  // namespace chain
