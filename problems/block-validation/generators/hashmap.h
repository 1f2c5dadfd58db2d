// TL-B Hashmap n X, built in one go from sorted keys: this side of the judge never updates a dictionary step by step,
// so a mistake in an update cannot be shared with the reference.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "cell.h"

namespace chain {

inline unsigned bit_width(std::size_t value) {
  unsigned width = 0;
  for (; value != 0; value >>= 1) ++width;
  return width;
}

enum class LabelForm { shortest, force_short, force_long };

// hml_short$0 n:(Unary) s:(n * Bit), hml_long$10 n:(#<= m) s:(n * Bit), hml_same$11 v:Bit n:(#<= m)
inline void store_label(Builder& builder, const Bits& label, std::size_t max_length,
                        LabelForm form = LabelForm::shortest) {
  const std::size_t n = label.size();
  const unsigned k = bit_width(max_length);
  bool same = n > 0;
  for (std::size_t i = 1; i < n; ++i) same = same && label[i] == label[0];
  const std::size_t short_size = 2 + 2 * n, long_size = 2 + k + n, same_size = 3 + k;
  if (form == LabelForm::shortest && same && same_size < short_size && same_size < long_size) {
    builder.store(3, 2).store(label[0] ? 1 : 0, 1).store(n, k);
  } else if (form == LabelForm::force_long || (form == LabelForm::shortest && long_size < short_size)) {
    builder.store(2, 2).store(n, k).store(label);
  } else {
    builder.store(0, 1);
    for (std::size_t i = 0; i < n; ++i) builder.store(1, 1);
    builder.store(0, 1).store(label);
  }
}

// One dictionary node with the range of entries below it: what the proof maker needs to know about a tree.
struct HashmapNode {
  const Cell* cell = nullptr;
  std::size_t begin = 0, end = 0;  // entries, in key order
  std::size_t prefix = 0;          // key bits above this node's label
  std::size_t label = 0;           // length of the label
};

struct Hashmap {
  const Cell* root = nullptr;  // null when empty
  // Filled parents first.
  std::vector<HashmapNode> nodes;
};

// What the edge of the entries [begin, end) should look like; only fault injection says anything but "shortest".
using LabelChooser = std::function<LabelForm(std::size_t begin, std::size_t end)>;

// store_value appends the value of entry i to the builder of its leaf.
inline Hashmap build_hashmap(const std::vector<Bits>& keys,
                             const std::function<void(std::size_t, Builder&)>& store_value,
                             const LabelChooser& choose_label = {}) {
  Hashmap map;
  if (keys.empty()) return map;
  const auto build = [&](const auto& self, std::size_t begin, std::size_t end, std::size_t prefix) -> const Cell* {
    const Bits& first = keys[begin];
    const Bits& last = keys[end - 1];
    std::size_t split = prefix;  // sorted: what the first and the last key share, all share
    while (split < first.size() && first[split] == last[split]) ++split;
    const std::size_t node = map.nodes.size();
    map.nodes.push_back({nullptr, begin, end, prefix, split - prefix});
    Builder builder;
    const Bits label = first.slice(prefix, split);
    store_label(builder, label, first.size() - prefix, choose_label ? choose_label(begin, end) : LabelForm::shortest);
    if (split == first.size()) {
      if (end - begin != 1) throw std::logic_error("duplicate key");
      store_value(begin, builder);
    } else {
      std::size_t middle = begin;
      while (!keys[middle][split]) ++middle;
      builder.ref(self(self, begin, middle, split + 1));
      builder.ref(self(self, middle, end, split + 1));
    }
    map.nodes[node].cell = builder.build();
    return map.nodes[node].cell;
  };
  map.root = build(build, 0, keys.size(), 0);
  return map;
}

}  // namespace chain
