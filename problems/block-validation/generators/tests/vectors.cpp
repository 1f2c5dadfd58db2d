// Both implementations of cells in this package, the generator's and the reference's, against published TON vectors.
//
//   g++ -std=gnu++20 -O1 -I ../../include/cpp -o vectors vectors.cpp && ./vectors
//
// Exits 0 and prints nothing when all hold, otherwise prints each vector that failed and exits 1.

#include <cstdio>
#include <string>
#include <string_view>

// The reference lives in an unnamed namespace, so it is simply compiled in.
#include "../../submissions/accepted/reference.cpp"
#include "../chain.h"

namespace {

int failures = 0;

void expect(bool holds, std::string_view side, std::string_view name, std::string_view what) {
  if (holds) return;
  ++failures;
  std::printf("%.*s: %.*s: %.*s differs\n", static_cast<int>(side.size()), side.data(), static_cast<int>(name.size()),
              name.data(), static_cast<int>(what.size()), what.data());
}

Bytes from_hex(std::string_view hex) {
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(hex[i]) << 4 | digit(hex[i + 1])));
  }
  return bytes;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string hex;
  for (const std::uint8_t byte : bytes) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

const chain::Cell* to_generator(const CellRef& cell) {
  chain::Builder builder;
  for (const bool bit : cell->bits) builder.store(bit ? 1 : 0, 1);
  for (const CellRef& child : cell->refs) builder.ref(to_generator(child));
  constexpr chain::CellType types[] = {chain::CellType::ordinary, chain::CellType::pruned_branch,
                                       chain::CellType::merkle_proof, chain::CellType::merkle_update};
  return builder.build(types[static_cast<std::size_t>(cell->kind)]);
}

// The reference insists on a CRC, and not every published bag has one.
Bytes with_crc(Bytes boc) {
  if ((boc[4] & 0x40) != 0) return boc;
  boc[4] |= 0x40;
  const std::uint32_t crc = chain::crc32c(boc);
  for (unsigned i = 0; i < 4; ++i) boc.push_back(static_cast<std::uint8_t>(crc >> (8 * i)));
  return boc;
}

struct BocVector {
  std::string_view name;
  std::string_view boc;
  std::string_view hash;  // of the root; empty where the source states only the bag
};

constexpr BocVector boc_vectors[] = {
    // ton-org/ton-core, src/boc/cell/serialization.spec.ts: the tests "should serialize single cell with ..."
    {"empty cell", "b5ee9c724101010100020000004cacb9cd",
     "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"},
    {"empty cell without CRC", "b5ee9c72010101010002000000",
     "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"},
    {"byte-aligned bits", "b5ee9c72410101010006000008075bcd15516e5092",
     "91e353dfca30bc835a6181f062313547c1d8934735352307ef6bbefda309fb57"},
    {"non-aligned bits", "b5ee9c7241010101000700000901d6f345606f5d59a1",
     "464fa7b7c92403237d4b5bf81f4cf015b1acd88370a4c1ef112bcf41bac8e9dd"},
    {"one reference", "b5ee9c7241010201000d0001083ade68b1010008075bcd15496ffbe7",
     "82869061cb173b673f81ddeabcca379dc123ce96d4eeeacd43b84f0e8d2a0b57"},
    {"the same reference three times", "b5ee9c7241010201000f0003083ade68b10101010008075bcd15a9403da9",
     "724b34c1b7ea15913dff26f4b16316406a23d1704e2e4522f9a5f9c6927a8e30"},
    // the same file, "should deserialize cell from hex"
    {"two cells", "b5ee9c7241010201000d00010800000001010008000000027d4b3cf8", ""},
    // the test test_boc_serialization of an early Python implementation by the openton project
    {"one zero byte", "b5ee9c7241010101000300000200d367dc41", ""},
    {"a byte and a reference", "b5ee9c72410102010007000102000100024995c5fe15", ""},
    // near/mpc, TON inspector fixtures captured from tonlib_core 0.26.11: NESTED
    {"a chain of three cells", "b5ee9c7201010301000b000101ff0101029902000242", ""},
};

void check_boc(const BocVector& vector) {
  const Bytes published = from_hex(vector.boc);
  try {
    const CellRef root = parse(with_crc(published));  // which also writes it again and compares
    if (!vector.hash.empty()) expect(to_hex(root->hash[1]) == vector.hash, "reference", vector.name, "hash");
    const chain::Cell* cell = to_generator(root);
    if (!vector.hash.empty()) expect(to_hex(cell->hash[1]) == vector.hash, "generator", vector.name, "hash");
    chain::BocStyle style;
    style.flags = published[4] & 0x40;
    expect(chain::serialise(cell, style) == published, "generator", vector.name, "bag of cells");
  } catch (const Invalid&) {
    expect(false, "reference", vector.name, "bag of cells");
  }
}

// TON documentation, "Proofs", "Block transactions": the Merkle proof of a block header of the main network. The hashes
// at level 1 were computed with xssnick/tonutils-go v1.12.0.
void check_merkle_proof() {
  const std::string_view name = "block header proof";
  const Bytes published = from_hex(
      "b5ee9c72010207010001470009460351ed3b9e728e7c548b15a5e5ce988b4a74984c3f8374f3f1a52c7b1f46c26406001601241011ef55aa"
      "ffffff110204050601a09bc7a98700000000040101dc65010000000100ffffffff000000000000000064b6c356000023d38ba64000000023"
      "d38ba64004886d00960007028101dc64fd01dc42bec400000003000000000000002e030098000023d38b96fdc401dc650048a3971c46472b"
      "85c8d761060a6e7ae9f13a90cdda815915a89597cfecb393a6b568807adfb3c1c5efc920907225175db61ca384e4f8b313799e3cbb8b7b40"
      "85284801018c6053c1185700c0fe4311d5cf8fa533ea0382e361a7b76d0cf299b75ac0356c000328480101741100d622b0d5264bcdb86a14"
      "e36fc8c349b82ae49e037002eb07079ead8b060015284801015720b6aefcbf406209522895faa6c0d10cc3315d90bcaf09791b19f595e86f"
      "8f0007");
  const std::string_view block_hash = "51ed3b9e728e7c548b15a5e5ce988b4a74984c3f8374f3f1a52c7b1f46c26406";
  const std::string_view virtual_root = "725edcb7b8d19bd87c5bfd4f7fb1adba3594c8139a1e50e56d2d62807eb1c204";
  const std::string_view proof_hash = "465f8edc1e13947cc96650f66679f161e50356d013c1f7ae81e268bd5d6d38e4";
  try {
    const CellRef proof = parse(with_crc(published));
    const CellRef block = check_proof(proof);
    expect(to_hex(block->hash[0]) == block_hash && block->depth[0] == 22, "reference", name, "level 0");
    expect(to_hex(block->hash[1]) == virtual_root && block->depth[1] == 2, "reference", name, "level 1");
    expect(to_hex(proof->hash[1]) == proof_hash, "reference", name, "hash");

    const chain::Cell* cell = to_generator(proof);
    expect(to_hex(cell->refs[0]->hash[0]) == block_hash && cell->refs[0]->depth[0] == 22, "generator", name, "level 0");
    expect(to_hex(cell->refs[0]->hash[1]) == virtual_root && cell->refs[0]->depth[1] == 2, "generator", name, "level 1");
    expect(to_hex(cell->hash[1]) == proof_hash, "generator", name, "hash");
    chain::BocStyle style;
    style.flags = 0;
    expect(chain::serialise(cell, style) == published, "generator", name, "bag of cells");
  } catch (const Invalid&) {
    expect(false, "reference", name, "bag of cells");
  }
}

struct DictionaryVector {
  std::string_view name;
  unsigned key_bits, value_bits;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> entries;
  std::string hash;
};

// The reference's dictionaries hold accounts; their parts, labels and forks, are tried with plain numbers here.
CellRef reference_dictionary(const DictionaryVector& vector, std::size_t begin, std::size_t end, unsigned key_bits) {
  const auto key = [&](std::size_t i) {
    Bits bits;
    for (unsigned bit = key_bits; bit > 0; --bit) bits.push_back((vector.entries[i].first >> (bit - 1) & 1) != 0);
    return bits;
  };
  const Bits label_bits = key(begin);
  const std::size_t n = common_prefix(label_bits, key(end - 1));
  const Bits label(label_bits.begin(), label_bits.begin() + static_cast<std::ptrdiff_t>(n));
  if (n == key_bits) {
    Builder builder;
    store_label(builder, label, key_bits);
    return builder.number(vector.entries[begin].second, vector.value_bits).build();
  }
  std::size_t middle = begin;
  while (!key(middle)[n]) ++middle;
  const unsigned rest = key_bits - static_cast<unsigned>(n) - 1;
  return make_fork(label, key_bits, reference_dictionary(vector, begin, middle, rest),
                   reference_dictionary(vector, middle, end, rest));
}

void check_dictionary(const DictionaryVector& vector) {
  std::vector<chain::Bits> keys;
  for (const auto& entry : vector.entries) keys.emplace_back().append(entry.first, vector.key_bits);
  const chain::Hashmap map = chain::build_hashmap(keys, [&](std::size_t i, chain::Builder& leaf) {
    leaf.store(vector.entries[i].second, vector.value_bits);
  });
  expect(to_hex(map.root->hash[1]) == vector.hash, "generator", vector.name, "hash");
  const CellRef root = reference_dictionary(vector, 0, vector.entries.size(), vector.key_bits);
  expect(to_hex(root->hash[1]) == vector.hash, "reference", vector.name, "hash");
}

// ton-org/ton-core, src/dict/Dictionary.spec.ts, "should parse and serialize dict from example": the cells bit by bit.
std::string example_dictionary_hash() {
  const auto cell = [](std::string_view bits, std::vector<CellRef> refs) {
    Builder builder;
    for (const char bit : bits) builder.number(bit == '1' ? 1 : 0, 1);
    for (CellRef& child : refs) builder.ref(std::move(child));
    return builder.build();
  };
  const CellRef low = cell("011000", {cell("1010011010000000010101001", {}), cell("1010000010000000100100001", {})});
  return to_hex(cell("11001000", {low, cell("1011111011111101111100100001", {})})->hash[1]);
}

}  // namespace

int main() {
  for (const BocVector& vector : boc_vectors) check_boc(vector);
  check_merkle_proof();
  check_dictionary({"example dictionary", 16, 16, {{13, 169}, {17, 289}, {239, 57121}}, example_dictionary_hash()});
  // the same file, "should generate merkle updates"
  check_dictionary({"dictionary of five", 8, 32, {{1, 11}, {2, 22}, {3, 33}, {4, 44}, {5, 55}},
                    "ee41b86bd71f8224ebd01848b4daf4cd46d3bfb3e119d8b865ce7c2802511de3"});
  return failures == 0 ? 0 : 1;
}
