// Keeps all balances as they were after every transfer.

#include <cstdint>
#include <iostream>
#include <map>
#include <string>
#include <vector>

int main() {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  int n, m;
  std::cin >> n >> m;
  std::map<std::string, std::size_t> numbers;
  std::vector<std::vector<std::int64_t>> days(1);
  std::string from, to;
  std::int64_t amount;
  const auto number = [&](const std::string& name) {
    const auto [it, is_new] = numbers.emplace(name, days.back().size());
    if (is_new) days.back().push_back(0);
    return it->second;
  };
  for (int i = 0; i < n; i++) {
    std::cin >> from >> amount;
    days.back()[number(from)] = amount;
  }
  int done = 0;
  for (int i = 0; i < m; i++) {
    std::cin >> from >> to >> amount;
    days.push_back(days.back());
    const std::size_t sender = number(from), recipient = number(to);
    if (days.back()[sender] < amount) continue;
    days.back()[sender] -= amount;
    days.back()[recipient] += amount;
    done++;
  }
  std::cout << done << ' ' << m - done << '\n';
  for (const auto& [name, i] : numbers) {
    if (days.back()[i] != 0) std::cout << name << ' ' << days.back()[i] << '\n';
  }
}
