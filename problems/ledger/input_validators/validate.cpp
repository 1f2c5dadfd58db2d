// Accepts exactly the inputs that the statement of Ledger describes: exit status 42 for a good one, 43 for any other.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <unordered_set>

namespace {

constexpr int accepted = 42, rejected = 43;
constexpr std::int64_t trillion = 1'000'000'000'000;

class Input {
 public:
  Input() {
    char block[1 << 16];
    for (std::size_t n; (n = std::fread(block, 1, sizeof block, stdin)) > 0;) text_.append(block, n);
  }

  void expect(char c, const char* what) {
    if (at_ == text_.size() || text_[at_] != c) reject(what);
    line_ += c == '\n';
    at_++;
  }

  std::int64_t number(std::int64_t low, std::int64_t high) {
    const std::size_t start = at_;
    std::int64_t value = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && at_ - start < 14) {
      value = 10 * value + (text_[at_++] - '0');
    }
    if (at_ == start) reject("a number was expected");
    if (text_[start] == '0' && at_ - start > 1) reject("a number begins with 0");
    if (value < low || value > high) reject("a number is out of range");
    return value;
  }

  std::string name() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_name(text_[at_])) at_++;
    if (at_ == start || at_ - start > 16) reject("a name of 1 to 16 characters was expected");
    return text_.substr(start, at_ - start);
  }

  void end() {
    if (at_ != text_.size()) reject("something follows the last line");
  }

  [[noreturn]] void reject(const char* why) const {
    std::fprintf(stderr, "line %zu: %s\n", line_, why);
    std::exit(rejected);
  }

 private:
  static bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

  std::string text_;
  std::size_t at_ = 0, line_ = 1;
};

}  // namespace

int main() {
  Input in;
  const std::int64_t n = in.number(1, 50'000);
  in.expect(' ', "one space was expected");
  const std::int64_t m = in.number(0, 200'000);
  in.expect('\n', "the line must end here");
  std::unordered_set<std::string> names;
  for (std::int64_t i = 0; i < n; i++) {
    if (!names.insert(in.name()).second) in.reject("this account has an opening balance already");
    in.expect(' ', "one space was expected");
    in.number(0, trillion);
    in.expect('\n', "the line must end here");
  }
  for (std::int64_t i = 0; i < m; i++) {
    in.name();
    in.expect(' ', "one space was expected");
    in.name();
    in.expect(' ', "one space was expected");
    in.number(1, trillion);
    in.expect('\n', "the line must end here");
  }
  in.end();
  return accepted;
}
