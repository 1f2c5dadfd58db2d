// The probe that computes: multiplications, branches that follow no pattern,
// and a table that stays in the first level cache. It reads how many steps to
// make and writes a checksum. How many is decided by the judge, so that the
// work of one version is the same everywhere.
#include <cstddef>
#include <cstdint>
#include <unistd.h>

// What libc would do takes pages that are not there yet, and with them longer
// than an empty window.
static unsigned long number() {
    unsigned long n = 0;
    char text[32];
    for (ssize_t got; (got = read(0, text, sizeof text)) > 0;)
        for (ssize_t i = 0; i < got; i++) n = n * 10 + static_cast<unsigned long>(text[i] - '0');
    return n;
}

static bool say(std::uint64_t n) {
    char text[32], *at = text + sizeof text;
    do *--at = static_cast<char>('0' + n % 10);
    while (n /= 10);
    const auto size = static_cast<std::size_t>(text + sizeof text - at);
    return write(1, at, size) == static_cast<ssize_t>(size) && close(1) == 0; // the end of the window
}

int main() {
    const char ready = 5;
    if (write(1, &ready, 1) != 1) return 1;
    const unsigned long steps = number();
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
    return say(sum) ? 0 : 1;
}
