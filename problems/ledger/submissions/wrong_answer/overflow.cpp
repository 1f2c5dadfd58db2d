// Keeps balances in 32 bits.

#include <cstdint>
#include <iostream>
#include <map>
#include <string>

int main() {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  int n, m;
  std::cin >> n >> m;
  std::map<std::string, std::uint32_t> balances;
  std::string from, to;
  std::int64_t amount;
  for (int i = 0; i < n; i++) {
    std::cin >> from >> amount;
    balances[from] = static_cast<std::uint32_t>(amount);
  }
  int done = 0;
  for (int i = 0; i < m; i++) {
    std::cin >> from >> to >> amount;
    std::uint32_t& balance = balances[from];
    if (balance < amount) continue;
    balance -= static_cast<std::uint32_t>(amount);
    balances[to] += static_cast<std::uint32_t>(amount);
    done++;
  }
  std::cout << done << ' ' << m - done << '\n';
  for (const auto& [name, balance] : balances) {
    if (balance != 0) std::cout << name << ' ' << balance << '\n';
  }
}
