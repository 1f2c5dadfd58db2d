// Leaves as much behind as a program can at little cost: it takes 64 MiB from the
// kernel page by page, and streams over 64 MiB in huge pages. It reads how often to
// do so and writes a checksum.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

static unsigned long number() {
    unsigned long n = 0;
    char text[32];
    for (ssize_t got; (got = read(0, text, sizeof text)) > 0;)
        for (ssize_t i = 0; i < got; i++) n = n * 10 + static_cast<unsigned long>(text[i] - '0');
    return n;
}

static char *take(std::size_t size, int advice) {
    void *at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) _exit(1);
    madvise(at, size, advice); // what it does without is as well
    return static_cast<char *>(at);
}

int main() {
    if (write(1, "\x05", 1) != 1) return 1;
    const unsigned long times = number();
    constexpr std::size_t pages = std::size_t{64} << 20, stream = std::size_t{64} << 20;
    for (unsigned long i = 0; i < times; i++) {
        std::memset(take(pages, MADV_NOHUGEPAGE), 1, pages);
        std::memset(take(stream, MADV_HUGEPAGE), 1, stream);
    }
    return write(1, "0", 1) == 1 && close(1) == 0 ? 0 : 1;
}
