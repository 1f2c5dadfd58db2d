// The probe that waits for memory: it takes 8 MiB from the kernel, page by
// page, and then goes from line to line in an order that no prefetcher
// foresees. It reads how many lines to visit and writes a checksum.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <unistd.h>

struct Line {
    std::uint32_t next;
    std::uint32_t value[15];
};

int main() {
    const char ready = 5;
    if (write(1, &ready, 1) != 1) return 1;
    unsigned long visits;
    if (std::scanf("%lu", &visits) != 1) return 1;
    constexpr std::uint32_t count = (8u << 20) / sizeof(Line);
    std::unique_ptr<Line[]> lines(new Line[count]);
    // One cycle through all of them: multiplier 1 modulo 4 and odd addend.
    for (std::uint32_t i = 0; i < count; i++) {
        lines[i].next = (i * 1664525u + 1013904223u) % count;
        lines[i].value[7] = i;
    }
    std::uint32_t at = 0;
    std::uint64_t sum = 0;
    for (unsigned long i = 0; i < visits; i++) {
        sum = sum * 31 + lines[at].value[7];
        at = lines[at].next;
    }
    std::printf("%llu\n", static_cast<unsigned long long>(sum));
}
