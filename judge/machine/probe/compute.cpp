// The probe that computes: multiplications, branches that follow no pattern,
// and a table that stays in the first level cache. It reads how many steps to
// make and writes a checksum. How many is decided by the judge, so that the
// work of one version is the same everywhere.
#include <cstdint>
#include <cstdio>
#include <unistd.h>

int main() {
    const char ready = 5;
    if (write(1, &ready, 1) != 1) return 1;
    unsigned long steps;
    if (std::scanf("%lu", &steps) != 1) return 1;
    std::uint32_t table[1024];
    for (std::uint32_t i = 0; i < 1024; i++) table[i] = i * 2654435761u;
    std::uint64_t x = 88172645463325252u, sum = 0;
    for (unsigned long i = 0; i < steps; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        std::uint32_t &cell = table[x >> 54];
        if (x & (std::uint64_t(1) << 40))
            sum += cell ^ (x >> 32);
        else
            sum = (sum << 5) - sum + cell;
        cell = cell * 1664525u + std::uint32_t(sum);
    }
    std::printf("%llu\n", static_cast<unsigned long long>(sum));
}
