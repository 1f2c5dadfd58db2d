// The fast way: the input is mapped, not copied; a name is two 64-bit words, first character highest, so that comparing
// numbers is comparing names; accounts stand in one array that a flat table of numbers points into.

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace {

struct Name {
  std::uint64_t high, low;
  bool operator==(const Name&) const = default;
};

struct Account {
  Name name;
  std::int64_t balance;
};

// The whole of standard input. A pipe cannot be mapped and is read instead.
class Input {
 public:
  Input() {
    struct stat info;
    if (fstat(STDIN_FILENO, &info) == 0 && S_ISREG(info.st_mode)) {
      const auto size = static_cast<std::size_t>(info.st_size);
      void* mapped = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, STDIN_FILENO, 0);
      if (mapped != MAP_FAILED) {
        at_ = static_cast<const char*>(mapped);
        return;
      }
    }
    char block[1 << 16];
    for (std::size_t n; (n = std::fread(block, 1, sizeof block, stdin)) > 0;) copy_.append(block, n);
    at_ = copy_.data();
  }

  // Both end at the space or the end of line, which every value has after it.
  std::int64_t number() {
    std::int64_t value = 0;
    while (*at_ >= '0') value = 10 * value + (*at_++ - '0');
    at_++;
    return value;
  }

  Name name() {
    Name n{0, 0};
    int shift = 56;
    for (; *at_ > ' ' && shift >= 0; shift -= 8) n.high |= word(*at_++) << shift;
    for (shift = 56; *at_ > ' '; shift -= 8) n.low |= word(*at_++) << shift;
    at_++;
    return n;
  }

 private:
  static std::uint64_t word(char c) { return static_cast<unsigned char>(c); }

  std::string copy_;
  const char* at_ = nullptr;
};

class Accounts {
 public:
  // The number of an account, which is made if it is new.
  std::uint32_t find(Name name) {
    std::size_t i = slot(name);
    if (slots_[i] != 0) return slots_[i] - 1;
    if (2 * (all_.size() + 1) > slots_.size()) {
      grow();
      i = slot(name);
    }
    all_.push_back({name, 0});
    slots_[i] = static_cast<std::uint32_t>(all_.size());
    return slots_[i] - 1;
  }

  std::int64_t& balance(std::uint32_t number) { return all_[number].balance; }

  // The accounts that have money, sorted. Numbers mean nothing afterwards.
  const std::vector<Account>& finish() {
    std::erase_if(all_, [](const Account& a) { return a.balance == 0; });
    std::sort(all_.begin(), all_.end(), [](const Account& a, const Account& b) {
      return a.name.high != b.name.high ? a.name.high < b.name.high : a.name.low < b.name.low;
    });
    return all_;
  }

 private:
  // Where the name is, or the free slot where it belongs.
  std::size_t slot(Name name) const {
    const std::uint64_t h = (name.high ^ (name.low * 0x9e3779b97f4a7c15)) * 0xd6e8feb86659fd93;
    std::size_t i = (h ^ (h >> 32)) & (slots_.size() - 1);
    while (slots_[i] != 0 && all_[slots_[i] - 1].name != name) i = (i + 1) & (slots_.size() - 1);
    return i;
  }

  void grow() {
    slots_.assign(2 * slots_.size(), 0);
    for (std::uint32_t number = 0; number < all_.size(); number++) slots_[slot(all_[number].name)] = number + 1;
  }

  std::vector<Account> all_;
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(1 << 17);  // number + 1; 0 is free
};

char* put_number(char* to, std::int64_t value) { return std::to_chars(to, to + 20, value).ptr; }

char* put_name(char* to, Name name) {
  for (std::uint64_t word : {name.high, name.low}) {
    for (; word != 0; word <<= 8) *to++ = static_cast<char>(word >> 56);
  }
  return to;
}

}  // namespace

int main() {
  Input in;
  Accounts accounts;
  const std::int64_t n = in.number(), m = in.number();
  for (std::int64_t i = 0; i < n; i++) {
    const std::uint32_t account = accounts.find(in.name());
    accounts.balance(account) = in.number();
  }
  std::int64_t done = 0;
  for (std::int64_t i = 0; i < m; i++) {
    const Name from = in.name(), to = in.name();
    const std::int64_t amount = in.number();
    const std::uint32_t sender = accounts.find(from);
    if (accounts.balance(sender) < amount) continue;
    accounts.balance(sender) -= amount;
    accounts.balance(accounts.find(to)) += amount;
    done++;
  }
  const std::vector<Account>& rich = accounts.finish();
  std::vector<char> out(64 + 40 * rich.size());
  char* at = put_number(out.data(), done);
  *at++ = ' ';
  at = put_number(at, m - done);
  *at++ = '\n';
  for (const Account& a : rich) {
    at = put_name(at, a.name);
    *at++ = ' ';
    at = put_number(at, a.balance);
    *at++ = '\n';
  }
  std::fwrite(out.data(), 1, static_cast<std::size_t>(at - out.data()), stdout);
}
