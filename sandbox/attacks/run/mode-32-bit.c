// tries: jumps into 32-bit code and calls the kernel from there
// expect: signal SIGSYS | signal SIGSEGV
// because: where the kernel has no 32-bit programs there is no such segment
// needs: amd64
#include "attack.h"
int main(void) {
	unsigned char *code = mmap((void *)0x10000000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	// mov eax, 20; int 0x80; mov eax, 1; mov ebx, 99; int 0x80 (exit 99)
	memcpy(code, "\xb8\x14\0\0\0\xcd\x80\xb8\x01\0\0\0\xbb\x63\0\0\0\xcd\x80", 19);
	struct { uint32_t offset; uint16_t segment; } __attribute__((packed)) far = {0x10000000, 0x23};
	__asm__ volatile("ljmp *%0" ::"m"(far));
	escaped("came back");
}
