// The probe that waits for memory: it takes 4 MiB from the kernel, page by
// page, and then goes from line to line in an order that no prefetcher
// foresees. It reads how many lines to visit and writes a checksum.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unistd.h>

struct Line {
    std::uint32_t next;
    std::uint32_t value[15];
};

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
    const unsigned long visits = number();
    constexpr std::uint32_t count = (4u << 20) / sizeof(Line);
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
    return say(sum) ? 0 : 1;
}
