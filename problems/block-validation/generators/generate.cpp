// generate KIND INDEX SEED: writes test.in, test.ans and test.desc into the working directory.
//
// KIND is `valid`, `small`, `invalid` or `sample`; INDEX counts from 1 and chooses what the test is about. `valid` is
// what is timed: large enough that starting a process is nothing beside it. `small` is valid as well, with blocks that
// are hardly blocks now and then. The generator knows
// the whole old and new state, builds both from scratch and renders from them what the contestant sees and what the
// answer must be. An invalid block has one fault; everything else in it, the declared new state included, is what a
// validator that misses just this one check would compute.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>

#include "chain.h"
#include "proof.h"
#include "random.h"

namespace {

using namespace chain;

// In this order; the first 14 make up the demo set.
constexpr std::string_view faults[] = {
    "nonce-replay",
    "wrong-signature",
    "insufficient-balance",
    "value-overflow",
    "wrong-total-fees",
    "seqno-gap",
    "time-goes-back",
    "prev-block-mismatch",
    "tampered-account",
    "tampered-pruned-branch",
    "missing-account-in-proof",
    "non-canonical-label",
    "bad-crc",
    "bad-cell-level",
    "wrong-new-state",
    "wrong-fee",
    "expired-transfer",
    "wrong-transaction-count",
    "nonce-gap",
    "stale-lock",
    "prev-state-mismatch",
    "missing-sibling-in-proof",
    "proof-depth-mismatch",
    "proof-is-not-a-proof",
    "self-transfer",
    "zero-amount",
    "balance-overflow",
    "payload-too-big",
    "unknown-sender",
    "transaction-key-gap",
    "trailing-data",
    "wrong-tag",
    "exotic-cell-in-block",
    "duplicate-cell",
    "unreachable-cell",
    "cell-order",
    "backward-reference",
    "wide-reference-size",
    "wide-offset-size",
    "trailing-bytes",
    "missing-crc",
    "explicit-hashes",
    "missing-completion-tag",
    "overlong-data",
    "truncated-boc",
};

struct Profile {
  std::string_view description;
  unsigned accounts, wallets, transfers;
  unsigned create_percent, drain_percent, payload_percent, hot_percent, show_percent;
};

constexpr Profile profiles[] = {
    {"mixed transfers", 3000, 40, 48, 15, 15, 15, 10, 3},
    {"many new accounts", 3000, 40, 48, 60, 5, 10, 5, 2},
    {"many emptied accounts", 3000, 55, 46, 5, 70, 10, 5, 2},
    {"many payloads", 3000, 40, 42, 15, 15, 60, 10, 3},
    {"a few hot accounts", 3000, 10, 56, 10, 3, 15, 70, 3},
    {"a proof that shows more than needed", 3000, 40, 44, 15, 15, 15, 10, 40},
};
constexpr unsigned scale = 4;  // of what is timed, to the profiles
constexpr Profile empty_block = {"an empty block", 300, 1, 0, 0, 0, 0, 0, 0};
constexpr Profile last_account = {"all but one account emptied", 2, 2, 1, 0, 100, 0, 0, 100};
constexpr Profile tiny = {"one transfer between few accounts", 5, 3, 1, 0, 0, 0, 0, 0};
constexpr Profile invalid_block = {"", 1500, 30, 36, 20, 25, 30, 10, 5};

struct Wallet {
  Hash secret{}, id{};
};

struct SignedTransfer {
  const Cell* transfer;
  const Cell* signature;
};

class Scenario {
 public:
  Scenario(std::uint64_t seed, const Profile& profile, std::string_view fault, unsigned variant)
      : random_(seed), profile_(profile), fault_(fault), variant_(variant) {}

  // Returns the answer line; fills the two bags of cells.
  std::string run(Bytes& block, Bytes& proof) {
    make_state();
    plan_transfers();
    settle();
    return seal(block, proof);
  }

 private:
  bool is(std::string_view fault) const { return fault_ == fault; }

  // ---- The old state

  void make_state() {
    empty_cell_ = Builder().build();
    for (int i = 0; i < 8; ++i) codes_.push_back(random_tree(random_.between(2, 12), 900));
    for (int i = 0; i < 20; ++i) common_data_.push_back(random_tree(random_.between(1, 6), 500));

    state_.seqno = static_cast<std::uint32_t>(random_.between(1000, 50000000));
    state_.time = static_cast<std::uint32_t>(random_.between(1600000000, 1770000000));
    state_.last_block = random_.hash();
    for (unsigned i = 0; i < profile_.wallets; ++i) {
      Wallet wallet{random_.hash(), {}};
      Account account = random_account();
      account.nonce = random_.chance(30) ? 0 : static_cast<std::uint32_t>(random_.between(1, 3000));
      account.lock = OneTimeKey(wallet.secret, account.nonce).lock();
      // An account is born with its id as lock.
      wallet.id = account.nonce == 0 ? account.lock : random_.hash();
      wallets_.push_back(wallet);
      state_.accounts[wallet.id] = account;
    }
    while (state_.accounts.size() < profile_.accounts) {
      const Hash id = random_.hash();
      Account account = random_account();
      account.nonce = random_.chance(60) ? 0 : static_cast<std::uint32_t>(random_.between(1, 100000));
      account.lock = account.nonce == 0 ? id : random_.hash();
      state_.accounts[id] = account;
    }
    for (const auto& entry : state_.accounts) ids_.push_back(entry.first);
    for (unsigned i = 0; i < 5; ++i) hot_.push_back(random_id());
    collector_ = random_.chance(90) ? random_id() : random_.hash();

    true_state_ = state_;
    if (is("tampered-account") || is("prev-state-mismatch")) {
      // The submission sees a richer wallet than the real one.
      rich_ = wallets_[random_.below(wallets_.size())].id;
      state_.accounts[rich_].balance += 1'000'000'000;
    }
    if (is("balance-overflow")) {
      // Somebody whom nobody else pays, and who pays nobody.
      whale_ = random_.hash();
      state_.accounts[whale_] = random_account();
      state_.accounts[whale_].balance = ~std::uint64_t{0} - 10;
    }
  }

  Account random_account() {
    Account account;
    account.balance = random_.between(2'000'000, 4'000'000'000);
    account.code = random_.chance(20) ? empty_cell_ : codes_[random_.below(codes_.size())];
    const std::uint64_t roll = random_.below(100);
    account.data = roll < 25 ? empty_cell_ : roll < 45 ? common_data_[random_.below(common_data_.size())]
                                                       : random_tree(random_.between(1, 3), 400);
    return account;
  }

  Hash random_id() { return ids_[random_.below(ids_.size())]; }

  // A random directed acyclic graph of at most `cells` cells, some of them shared.
  const Cell* random_tree(std::uint64_t cells, std::uint64_t max_bits) {
    std::vector<const Cell*> made;
    for (std::uint64_t i = 0; i < cells; ++i) {
      Builder builder;
      const std::uint64_t bits = random_.between(8, max_bits);
      for (std::uint64_t left = bits; left > 0;) {
        const unsigned width = left < 64 ? static_cast<unsigned>(left) : 64;
        builder.store(random_.next(), width);
        left -= width;
      }
      // The newest cell first, so that the last one made reaches nearly all.
      if (!made.empty()) builder.ref(made.back());
      if (made.size() > 1 && random_.chance(50)) builder.ref(made[random_.below(made.size())]);
      if (made.size() > 3 && random_.chance(20)) builder.ref(made[random_.below(made.size())]);
      made.push_back(builder.build());
    }
    return made.back();
  }

  // A chain of distinct cells, for payloads of an exact size.
  const Cell* long_payload(std::size_t cells) {
    const Cell* rest = nullptr;
    for (std::size_t i = 0; i < cells; ++i) {
      Builder builder;
      builder.store(i, 16);
      if (rest != nullptr) builder.ref(rest);
      rest = builder.build();
    }
    return rest;
  }

  // ---- The transfers

  void plan_transfers() {
    working_ = state_.accounts;
    time_ = state_.time + static_cast<std::uint32_t>(random_.between(1, 5));
    // Late enough that wallets have a history, and never the last transfer.
    const unsigned fault_at = profile_.transfers / 2;
    for (unsigned i = 0; i < profile_.transfers; ++i) plan_transfer(i == fault_at);
  }

  const Wallet& choose_sender(bool faulty) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      const Wallet& wallet = wallets_[random_.below(wallets_.size())];
      const auto account = working_.find(wallet.id);
      if (account == working_.end() || account->second.balance < 200'000) continue;
      if (faulty && account->second.nonce == 0) continue;  // most faults want a history
      return wallet;
    }
    throw std::logic_error("no wallet can pay any more");
  }

  Hash choose_receiver() {
    if (random_.chance(profile_.create_percent)) {
      if (random_.chance(50)) return random_.hash();
      const Hash secret = random_.hash();
      const Hash id = OneTimeKey(secret, 0).lock();
      wallets_.push_back({secret, id});  // may spend later in this block
      return id;
    }
    return random_.chance(profile_.hot_percent) ? hot_[random_.below(hot_.size())] : random_id();
  }

  void plan_transfer(bool faulty) {
    const Wallet wallet = choose_sender(faulty && !fault_.empty());
    const Account sender = working_.at(wallet.id);
    Transfer transfer;
    transfer.from = wallet.id;
    do {
      transfer.to = choose_receiver();
    } while (transfer.to == transfer.from);
    if (random_.chance(profile_.payload_percent)) transfer.payload = random_tree(random_.between(1, 8), 700);
    if (is("duplicate-cell")) transfer.payload = Builder().store(0xabcdef, 24).build();  // a cell with several uses
    transfer.fee = required_fee(transfer.payload);
    transfer.amount = random_.chance(profile_.drain_percent) ? sender.balance - transfer.fee
                                                             : random_.between(1, (sender.balance - transfer.fee) / 4);
    transfer.nonce = sender.nonce;
    transfer.valid_until = time_ + static_cast<std::uint32_t>(random_.below(60));
    transfer.next_lock = OneTimeKey(wallet.secret, sender.nonce + 1).lock();

    std::uint32_t tag = 0x5d3a1c07;
    std::uint32_t key_number = sender.nonce;
    unsigned extra_bits = 0;
    Hash signing_secret = wallet.secret;
    if (faulty) {
      if (is("nonce-replay")) transfer.nonce -= 1;
      if (is("nonce-gap")) transfer.nonce += 1;
      if (is("stale-lock")) key_number -= 1;
      if (is("expired-transfer")) transfer.valid_until = time_ - 1;
      if (is("wrong-fee")) transfer.fee = variant_ % 2 == 0 ? transfer.fee - 1 : transfer.fee + 1;
      if (is("insufficient-balance")) transfer.amount = sender.balance - transfer.fee + 1;
      if (is("value-overflow")) {
        // amount + fee wraps round to 7; the receiver is new, so nothing overflows there.
        transfer.amount = 7 - transfer.fee;
        transfer.to = random_.hash();
      }
      if (is("balance-overflow")) {
        transfer.to = whale_;
        transfer.amount = 1000;
      }
      if (is("zero-amount")) transfer.amount = 0;
      if (is("self-transfer")) transfer.to = transfer.from;
      if (is("unknown-sender")) {
        signing_secret = random_.hash();
        key_number = transfer.nonce = 0;
        transfer.from = OneTimeKey(signing_secret, 0).lock();
      }
      if (is("payload-too-big")) transfer.payload = long_payload(max_payload_cells + 1);
      if (is("exotic-cell-in-block")) {
        transfer.payload = Builder().store(1, 8).ref(pruned_branch(codes_[0]->hash[0], codes_[0]->depth[0])).build();
      }
      if (is("payload-too-big") || is("exotic-cell-in-block")) transfer.fee = required_fee(transfer.payload);
      if (is("wrong-tag")) tag ^= 1;
      if (is("trailing-data")) extra_bits = 1;
    }

    const bool in_signature = extra_bits != 0 && variant_ % 2 == 1;
    const Cell* cell = transfer_cell(transfer, tag, in_signature ? 0 : extra_bits);
    Signature signature = OneTimeKey(signing_secret, key_number).sign(cell->representation_hash());
    if (faulty && is("wrong-signature")) signature[random_.below(chain_count)][random_.below(16)] ^= 4;
    transfers_.push_back({cell, signature_cell(signature, in_signature ? extra_bits : 0)});
    apply(transfer);
  }

  // No checks here, and arithmetic that wraps: what a validator computes that misses one.
  void apply(const Transfer& transfer) {
    touched_.insert(transfer.from);
    touched_.insert(transfer.to);
    Account& sender = account(transfer.from);
    sender.balance -= transfer.amount + transfer.fee;
    sender.nonce += 1;
    sender.lock = transfer.next_lock;
    Account& receiver = account(transfer.to);
    receiver.balance += transfer.amount;
    if (transfer.payload != nullptr) receiver.data = transfer.payload;
    total_fees_ += transfer.fee;
  }

  Account& account(const Hash& id) {
    const auto [it, created] = working_.emplace(id, Account{});
    if (created) it->second = {0, 0, id, empty_cell_, empty_cell_};
    return it->second;
  }

  void settle() {
    declared_fees_ = total_fees_;
    if (is("wrong-total-fees")) {
      declared_fees_ += 1;
      if (variant_ % 2 == 1) total_fees_ = declared_fees_;  // the collector gets what the header says
    }
    if (total_fees_ != 0) {
      touched_.insert(collector_);
      account(collector_).balance += total_fees_;
    }
    for (const Hash& id : touched_) {
      const auto it = working_.find(id);
      if (it != working_.end() && it->second.balance == 0) working_.erase(it);
    }
  }

  // ---- The block, the proof and the answer

  std::string seal(Bytes& block_boc, Bytes& proof_boc) {
    const Hashmap old_map = accounts_hashmap(state_.accounts);
    const Cell* old_root = state_cell(state_, old_map.root, static_cast<std::uint32_t>(state_.accounts.size()));
    const Cell* true_root = old_root;
    if (is("tampered-account") || is("prev-state-mismatch")) {
      true_root = state_cell(true_state_, accounts_hashmap(true_state_.accounts).root,
                             static_cast<std::uint32_t>(true_state_.accounts.size()));
    }

    const Cell* content = content_cell(true_root->hash[0]);
    State next;
    next.seqno = seqno_;
    next.time = time_;
    next.last_block = content->representation_hash();
    const Cell* new_root = state_cell(next, accounts_hashmap(working_).root, static_cast<std::uint32_t>(working_.size()));

    ProofView view = make_view(old_root, old_map);
    const Cell* old_view = view.show_old(old_root);
    const Cell* new_view = view.show_new(new_root);

    Hash declared = new_view->hash[0];
    if (is("wrong-new-state")) declared[random_.below(32)] ^= 0x10;
    const Cell* block = Builder().store(0x11ef55aa, 32).store(declared).ref(content).build();
    const auto claimed_depth = static_cast<std::uint16_t>(true_root->depth[0] + (is("proof-depth-mismatch") ? 1 : 0));
    const bool honest_proof = !is("prev-state-mismatch");
    const Cell* proof = honest_proof ? merkle_proof(true_root->hash[0], claimed_depth, old_view)
                                     : merkle_proof(old_view->hash[0], old_view->depth[0], old_view);
    if (is("proof-is-not-a-proof")) proof = old_view;

    BocStyle block_style, proof_style;
    set_style(block_style, proof_style);
    block_boc = serialise(block, block_style);
    proof_boc = serialise(proof, proof_style);
    if (!fault_.empty()) return "invalid\n";

    std::string answer = "valid ";
    for (const std::uint8_t byte : serialise(canonical_update(old_view, new_view))) {
      answer += "0123456789abcdef"[byte >> 4];
      answer += "0123456789abcdef"[byte & 15];
    }
    return answer + '\n';
  }

  const Cell* content_cell(const Hash& previous_state) {
    seqno_ = state_.seqno + 1;
    if (is("seqno-gap")) seqno_ = variant_ % 2 == 0 ? seqno_ + 1 : seqno_ - 1;
    if (is("time-goes-back")) time_ = variant_ % 2 == 0 ? state_.time - 1 : state_.time;
    Hash previous_block = state_.last_block;
    if (is("prev-block-mismatch")) previous_block[random_.below(32)] ^= 1;

    std::vector<Bits> keys;
    for (std::size_t i = 0; i < transfers_.size(); ++i) {
      const bool moved = is("transaction-key-gap") && (variant_ % 2 == 1 || i + 1 == transfers_.size());
      Bits key;
      key.append(i + (moved ? 1 : 0), 32);
      keys.push_back(key);
    }
    // Either the root of the dictionary, whose label is a run of zeroes, or one leaf.
    const std::size_t victim = transfers_.size() / 3;
    const LabelChooser choose_label = [&](std::size_t begin, std::size_t end) {
      if (!is("non-canonical-label")) return LabelForm::shortest;
      if (variant_ % 2 == 1) return begin == 0 && end == transfers_.size() ? LabelForm::force_long : LabelForm::shortest;
      return begin == victim && end == victim + 1 ? LabelForm::force_long : LabelForm::shortest;
    };
    const Hashmap map = build_hashmap(
        keys, [&](std::size_t i, Builder& leaf) { leaf.ref(transfers_[i].transfer).ref(transfers_[i].signature); },
        choose_label);

    const std::size_t count = transfers_.size() + (is("wrong-transaction-count") ? 1 : 0);
    Builder content;
    content.store(0x9bc7a987, 32).store(seqno_, 32).store(time_, 32).store(previous_block).store(previous_state);
    content.store(collector_).store(declared_fees_, 64).store(count, 32).store(map.root != nullptr ? 1 : 0, 1);
    if (map.root != nullptr) content.ref(map.root);
    return content.build();
  }

  ProofView make_view(const Cell* old_root, const Hashmap& old_map) {
    std::vector<Hash> old_keys;
    std::vector<const Account*> old_accounts;
    for (const auto& [id, account] : state_.accounts) {
      old_keys.push_back(id);
      old_accounts.push_back(&account);
    }
    const NeededCells needed = needed_cells(old_map, old_keys, touched_, working_);
    std::set<Hash> visible = needed.paths;
    visible.insert(needed.siblings.begin(), needed.siblings.end());
    visible.insert(old_root->hash[0]);
    // Honest provers show a little too much at times: some code, some data, some accounts nobody asked for.
    for (const HashmapNode& node : old_map.nodes) {
      const bool leaf = node.prefix + node.label == 256;
      if (leaf && random_.chance(profile_.show_percent)) {
        visible.insert(node.cell->hash[0]);
        if (random_.chance(50)) show_tree(old_accounts[node.begin]->code, visible);
        if (random_.chance(50)) show_tree(old_accounts[node.begin]->data, visible);
      }
    }

    if (is("missing-account-in-proof")) visible.erase(touched_leaf(old_map, old_keys, needed));
    if (is("missing-sibling-in-proof")) {
      bool found = false;
      for (const Hash& hash : needed.siblings) {
        if (found || needed.paths.count(hash) != 0) continue;
        visible.erase(hash);
        found = true;
      }
      if (!found) throw std::logic_error("no sibling to hide");
    }
    std::map<Hash, ProofView::Lie> lies;
    if (is("tampered-pruned-branch")) {
      ProofView honest(visible, {});
      honest.show_old(old_root);
      const Cell* victim = honest.pruned()[random_.below(honest.pruned().size())];
      ProofView::Lie lie{victim->hash[0], victim->depth[0]};
      if (variant_ % 2 == 0) lie.hash[random_.below(32)] ^= 0x20;
      if (variant_ % 2 == 1) lie.depth = static_cast<std::uint16_t>(lie.depth + 1);
      lies[victim->hash[0]] = lie;
    }
    return ProofView(std::move(visible), std::move(lies));
  }

  static void show_tree(const Cell* cell, std::set<Hash>& visible) {
    if (!visible.insert(cell->hash[0]).second) return;
    for (const Cell* child : cell->refs) show_tree(child, visible);
  }

  Hash touched_leaf(const Hashmap& old_map, const std::vector<Hash>& old_keys, const NeededCells& needed) {
    std::vector<Hash> leaves;
    for (const HashmapNode& node : old_map.nodes) {
      const bool leaf = node.prefix + node.label == 256;
      if (leaf && touched_.count(old_keys[node.begin]) != 0 && needed.paths.count(node.cell->hash[0]) != 0) {
        leaves.push_back(node.cell->hash[0]);
      }
    }
    return leaves.at(random_.below(leaves.size()));
  }

  void set_style(BocStyle& block, BocStyle& proof) const {
    BocStyle& first = variant_ % 2 == 0 ? block : proof;
    BocStyle& second = variant_ % 2 == 0 ? proof : block;
    if (is("bad-crc")) second.bad_crc = true;
    if (is("bad-cell-level")) first.wrong_level = true;
    if (is("duplicate-cell")) block.duplicate_cell = true;
    if (is("unreachable-cell")) second.unreachable_cell = true;
    if (is("cell-order")) second.swapped_cells = true;
    if (is("backward-reference")) first.backward_reference = true;
    if (is("wide-reference-size")) first.wider_ref = 1;
    if (is("wide-offset-size")) second.wider_offset = 1;
    if (is("trailing-bytes")) first.trailing_bytes = 1;
    if (is("missing-crc")) second.flags = 0;
    if (is("explicit-hashes")) block.explicit_hashes = true;
    if (is("missing-completion-tag")) block.missing_tag = true;
    if (is("overlong-data")) block.overlong_data = true;
    if (is("truncated-boc")) first.missing_bytes = 1;
  }

  Random random_;
  const Profile profile_;
  const std::string_view fault_;
  const unsigned variant_;  // a fault comes back in another guise when the index goes round

  const Cell* empty_cell_ = nullptr;
  std::vector<const Cell*> codes_, common_data_;
  State state_;       // what the proof shows
  State true_state_;  // differs from state_ only where the proof lies
  std::vector<Hash> ids_, hot_;
  std::vector<Wallet> wallets_;
  Hash collector_{}, rich_{}, whale_{};

  Accounts working_;
  std::set<Hash> touched_;
  std::vector<SignedTransfer> transfers_;
  std::uint32_t time_ = 0, seqno_ = 0;
  std::uint64_t total_fees_ = 0, declared_fees_ = 0;
};

void write_file(const char* name, const void* data, std::size_t size) {
  std::FILE* file = std::fopen(name, "wb");
  if (file == nullptr || std::fwrite(data, 1, size, file) != size || std::fclose(file) != 0) {
    throw std::runtime_error(std::string("cannot write ") + name);
  }
}

void generate(std::string_view kind, unsigned index, std::uint64_t seed) {
  constexpr unsigned fault_count = std::size(faults);
  Profile profile = profiles[(index - 1) % std::size(profiles)];
  std::string_view fault;
  if (kind == "valid") {
    profile.accounts *= scale;
    profile.wallets *= scale;
    profile.transfers *= scale;
  } else if (kind == "small") {
    if (index % 25 == 7) profile = empty_block;
    if (index % 25 == 13) profile = last_account;
  } else if (kind == "invalid") {
    profile = invalid_block;
    fault = faults[(index - 1) % fault_count];
  } else if (kind == "sample") {
    profile = tiny;
    if (index == 2) fault = "nonce-replay";
    if (index == 3) fault = "tampered-account";
  } else {
    throw std::runtime_error("KIND is valid, small, invalid or sample");
  }

  // Kinds and indices must not share random streams.
  Bytes stream(kind.begin(), kind.end());
  append_big_endian(stream, index, 4);
  append_big_endian(stream, seed, 8);
  const Hash mixed = sha256(stream);
  std::uint64_t stream_seed = 0;
  for (int i = 0; i < 8; ++i) stream_seed = stream_seed << 8 | mixed[static_cast<std::size_t>(i)];

  Bytes block, proof;
  Scenario scenario(stream_seed, profile, fault, (index - 1) / fault_count);
  const std::string answer = scenario.run(block, proof);

  Bytes input;
  append_big_endian(input, block.size(), 4);
  append_big_endian(input, proof.size(), 4);
  input.insert(input.end(), block.begin(), block.end());
  input.insert(input.end(), proof.begin(), proof.end());
  const std::string description = std::string(fault.empty() ? profile.description : fault) + '\n';
  write_file("test.in", input.data(), input.size());
  write_file("test.ans", answer.data(), answer.size());
  write_file("test.desc", description.data(), description.size());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: generate KIND INDEX SEED\n");
    return 2;
  }
  try {
    const unsigned long index = std::strtoul(argv[2], nullptr, 10);
    if (index == 0 || index > 1000000) throw std::runtime_error("INDEX counts from 1");
    generate(argv[1], static_cast<unsigned>(index), std::strtoull(argv[3], nullptr, 10));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "generate: %s\n", error.what());
    return 1;
  }
}
