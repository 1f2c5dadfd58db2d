// The chain's own types: accounts, transfers and their one-time signatures, blocks and states, as cells.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "cell.h"
#include "hashmap.h"

namespace chain {

inline constexpr std::uint64_t base_fee = 1000, cell_fee = 100, bit_fee = 1;
inline constexpr std::size_t max_payload_cells = 64;

struct Account {
  std::uint64_t balance = 0;
  std::uint32_t nonce = 0;
  Hash lock{};
  const Cell* code = nullptr;
  const Cell* data = nullptr;
};

using Accounts = std::map<Hash, Account>;

struct State {
  std::uint32_t seqno = 0, time = 0;
  Hash last_block{};
  Accounts accounts;
};

struct Transfer {
  Hash from{}, to{};
  std::uint64_t amount = 0, fee = 0;
  std::uint32_t nonce = 0, valid_until = 0;
  Hash next_lock{};
  const Cell* payload = nullptr;
};

inline Bits key_bits(const Hash& key) {
  Bits bits;
  for (const std::uint8_t byte : key) bits.append(byte, 8);
  return bits;
}

// ---- Winternitz one-time signatures, 16-byte hashes, 16 steps: 32 message digits and 3 checksum digits.

inline constexpr std::size_t chain_count = 35;
using ChainValue = std::array<std::uint8_t, 16>;
using Signature = std::array<ChainValue, chain_count>;

inline ChainValue chain_step(const ChainValue& value, std::size_t chain, unsigned step) {
  std::array<std::uint8_t, 18> message;
  std::copy(value.begin(), value.end(), message.begin());
  message[16] = static_cast<std::uint8_t>(chain);
  message[17] = static_cast<std::uint8_t>(step);
  const Hash hash = sha256(message);
  ChainValue next;
  std::copy_n(hash.begin(), next.size(), next.begin());
  return next;
}

inline std::array<unsigned, chain_count> signature_digits(const Hash& message) {
  std::array<unsigned, chain_count> digits{};
  unsigned checksum = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    digits[i] = i % 2 == 0 ? message[i / 2] >> 4 : message[i / 2] & 15;
    checksum += 15 - digits[i];
  }
  digits[32] = checksum >> 8;
  digits[33] = checksum >> 4 & 15;
  digits[34] = checksum & 15;
  return digits;
}

// The key pair number `number` of a wallet. Only the generator ever knows secrets.
class OneTimeKey {
 public:
  OneTimeKey(const Hash& wallet_secret, std::uint32_t number) {
    for (std::size_t i = 0; i < chain_count; ++i) {
      Bytes seed(wallet_secret.begin(), wallet_secret.end());
      append_big_endian(seed, number, 4);
      append_big_endian(seed, i, 1);
      const Hash hash = sha256(seed);
      std::copy_n(hash.begin(), 16, secret_[i].begin());
    }
  }

  Hash lock() const {
    Bytes ends;
    for (std::size_t i = 0; i < chain_count; ++i) {
      const ChainValue end = advance(i, 15);
      ends.insert(ends.end(), end.begin(), end.end());
    }
    return sha256(ends);
  }

  Signature sign(const Hash& message) const {
    const auto digits = signature_digits(message);
    Signature signature;
    for (std::size_t i = 0; i < chain_count; ++i) signature[i] = advance(i, digits[i]);
    return signature;
  }

 private:
  ChainValue advance(std::size_t chain, unsigned steps) const {
    ChainValue value = secret_[chain];
    for (unsigned step = 0; step < steps; ++step) value = chain_step(value, chain, step);
    return value;
  }

  std::array<ChainValue, chain_count> secret_;
};

// ---- Cells

inline const Cell* transfer_cell(const Transfer& transfer, std::uint32_t tag = 0x5d3a1c07, unsigned extra_bits = 0) {
  Builder builder;
  builder.store(tag, 32).store(transfer.from).store(transfer.to).store(transfer.amount, 64).store(transfer.fee, 64);
  builder.store(transfer.nonce, 32).store(transfer.valid_until, 32).store(transfer.next_lock);
  builder.store(transfer.payload != nullptr ? 1 : 0, 1).store(0, extra_bits);
  if (transfer.payload != nullptr) builder.ref(transfer.payload);
  return builder.build();
}

inline const Cell* signature_cell(const Signature& signature, unsigned extra_bits = 0) {
  const Cell* rest = nullptr;
  for (std::size_t chunk = chain_count / 7; chunk-- > 0;) {
    Builder builder;
    for (std::size_t i = 0; i < 7; ++i) builder.store(signature[chunk * 7 + i]);
    if (rest != nullptr) builder.ref(rest);
    if (rest == nullptr) builder.store(0, extra_bits);
    rest = builder.build();
  }
  return rest;
}

inline const Cell* state_cell(const State& state, const Cell* accounts_root, std::uint32_t account_count) {
  Builder builder;
  builder.store(0x9023afe2, 32).store(state.seqno, 32).store(state.time, 32).store(state.last_block);
  builder.store(account_count, 32).store(accounts_root != nullptr ? 1 : 0, 1);
  if (accounts_root != nullptr) builder.ref(accounts_root);
  return builder.build();
}

inline Hashmap accounts_hashmap(const Accounts& accounts) {
  std::vector<Bits> keys;
  std::vector<const Account*> values;
  for (const auto& [id, account] : accounts) {
    keys.push_back(key_bits(id));
    values.push_back(&account);
  }
  return build_hashmap(keys, [&](std::size_t i, Builder& leaf) {
    leaf.store(values[i]->balance, 64).store(values[i]->nonce, 32).store(values[i]->lock);
    leaf.ref(values[i]->code).ref(values[i]->data);
  });
}

// ---- Payload fees

struct TreeSize {
  std::size_t cells = 0, bits = 0;  // of distinct cells
};

inline TreeSize tree_size(const Cell* root) {
  TreeSize size;
  for (const Cell* cell : canonical_order(root)) {
    ++size.cells;
    size.bits += cell->bits.size();
  }
  return size;
}

inline std::uint64_t required_fee(const Cell* payload) {
  if (payload == nullptr) return base_fee;
  const TreeSize size = tree_size(payload);
  return base_fee + cell_fee * size.cells + bit_fee * size.bits;
}

}  // namespace chain
