// Makes one test case of the problem Ledger and its answer:
//
//   generate KIND INDEX SEED
//
// KIND is "edge" or "large"; INDEX counts from 1. The same arguments give the same files on every machine: all
// randomness comes from the generator below, and no hash table is walked.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace {

constexpr std::int64_t trillion = 1'000'000'000'000;

// SplitMix64: tiny, and good enough for test data.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // A number from low to high. The bias of the remainder is of no concern here.
  std::int64_t in(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(next() % n); }

  bool one_in(std::uint64_t n) { return next() % n == 0; }

 private:
  std::uint64_t state_;
};

struct Account {
  std::string name;
  std::int64_t balance;
};

struct Transfer {
  std::string from, to;
  std::int64_t amount;
};

struct Ledger {
  std::vector<Account> opening;
  std::vector<Transfer> transfers;
};

// What one test case is made of.
struct Shape {
  const char* description;
  std::size_t opening;    // accounts with an opening balance
  std::size_t newcomers;  // accounts that only transfers name
  std::size_t transfers;
  std::int64_t most_balance, most_amount;
  std::size_t hot;  // this many accounts take part in half of the transfers; 0 for none
  bool long_names;  // 16 characters, of which the first 12 are the same
};

constexpr Shape edge_shapes[] = {
    {"one account that can only pay itself", 1, 0, 5, 10, 15, 0, false},
    {"no transfers", 4, 0, 0, trillion, 1, 0, false},
    {"few accounts with little money: many refusals, balances of zero", 3, 2, 200, 20, 15, 0, false},
    {"the largest amounts", 20, 20, 300, trillion, trillion, 0, false},
    {"everybody has nothing", 10, 10, 50, 0, trillion, 0, false},
    {"long names with a common beginning", 60, 40, 900, 1000, 400, 3, true},
};

constexpr Shape large_shapes[] = {
    {"many accounts, all alike", 40'000, 5'000, 150'000, 1'000'000'000, 700'000'000, 0, false},
    {"half of the transfers among 50 accounts", 40'000, 5'000, 160'000, trillion, trillion / 100, 50, false},
    {"long names with a common beginning", 30'000, 2'000, 120'000, trillion, trillion / 2, 0, true},
    {"two in three accounts are new", 15'000, 30'000, 170'000, trillion, trillion / 10, 0, false},
    {"nearly everything is refused", 50'000, 5'000, 200'000, 1'000, trillion, 0, false},
    {"the most there can be", 50'000, 20'000, 200'000, trillion, trillion, 200, true},
};

class Names {
 public:
  Names(Random& random, bool long_names) : random_(random), long_names_(long_names) {
    if (long_names_) beginning_ = characters(12);
  }

  // A name that was not given before.
  std::string next() {
    for (;;) {
      std::string name = long_names_ ? beginning_ + characters(4) : characters(4 + random_.below(13));
      if (given_.insert(name).second) return name;
    }
  }

 private:
  std::string characters(std::size_t n) {
    constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_";
    std::string text;
    while (text.size() < n) text += alphabet[random_.below(alphabet.size())];
    return text;
  }

  Random& random_;
  bool long_names_;
  std::string beginning_;
  std::unordered_set<std::string> given_;
};

Ledger make(const Shape& shape, Random& random) {
  Names names(random, shape.long_names);
  Ledger ledger;
  std::vector<std::string> all;
  for (std::size_t i = 0; i < shape.opening; i++) {
    all.push_back(names.next());
    ledger.opening.push_back({all.back(), random.one_in(10) ? 0 : random.in(0, shape.most_balance)});
  }
  for (std::size_t i = 0; i < shape.newcomers; i++) all.push_back(names.next());
  const auto somebody = [&]() -> const std::string& {
    if (shape.hot > 0 && random.one_in(2)) return all[random.below(shape.hot)];
    return all[random.below(all.size())];
  };
  for (std::size_t i = 0; i < shape.transfers; i++) {
    const std::string& from = somebody();
    const std::string& to = random.one_in(50) ? from : somebody();
    ledger.transfers.push_back({from, to, random.in(1, shape.most_amount)});
  }
  return ledger;
}

std::string input_of(const Ledger& ledger) {
  std::string text = std::to_string(ledger.opening.size()) + ' ' + std::to_string(ledger.transfers.size()) + '\n';
  for (const Account& a : ledger.opening) text += a.name + ' ' + std::to_string(a.balance) + '\n';
  for (const Transfer& t : ledger.transfers) {
    text += t.from + ' ' + t.to + ' ' + std::to_string(t.amount) + '\n';
  }
  return text;
}

// Carries the transfers out in the plainest way there is.
std::string answer_of(const Ledger& ledger) {
  std::map<std::string, std::int64_t> balances;
  for (const Account& a : ledger.opening) balances[a.name] = a.balance;
  std::size_t done = 0;
  for (const Transfer& t : ledger.transfers) {
    std::int64_t& from = balances[t.from];
    if (from < t.amount) continue;
    done++;
    from -= t.amount;
    balances[t.to] += t.amount;
  }
  std::string text = std::to_string(done) + ' ' + std::to_string(ledger.transfers.size() - done) + '\n';
  for (const auto& [name, balance] : balances) {
    if (balance != 0) text += name + ' ' + std::to_string(balance) + '\n';
  }
  return text;
}

void write(const char* name, const std::string& text) {
  std::ofstream file(name, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error(std::string("cannot write ") + name);
}

template <std::size_t count>
const Shape& shape_of(const Shape (&shapes)[count], std::uint64_t index) {
  return shapes[(index - 1) % count];
}

void generate(std::string_view kind, std::uint64_t index, std::uint64_t seed) {
  if (kind != "edge" && kind != "large") throw std::runtime_error("KIND is edge or large");
  if (index == 0) throw std::runtime_error("INDEX counts from 1");
  const Shape& shape = kind == "edge" ? shape_of(edge_shapes, index) : shape_of(large_shapes, index);
  Random mix(seed ^ (kind == "edge" ? 0x65646765 : 0x6c61726765));
  Random random(mix.next() + index * 0x9e3779b97f4a7c15);
  const Ledger ledger = make(shape, random);
  write("test.in", input_of(ledger));
  write("test.ans", answer_of(ledger));
  write("test.desc", std::string(shape.description) + '\n');
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 4) throw std::runtime_error("usage: generate KIND INDEX SEED");
    generate(argv[1], std::strtoull(argv[2], nullptr, 10), std::strtoull(argv[3], nullptr, 10));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "generate: %s\n", e.what());
    return 1;
  }
}
