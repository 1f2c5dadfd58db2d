// tries: executes a program of its own for ever, to start its clock anew
// expect: limit cpu
// limits: cpu=50ms wall=5s
// needs: amd64
#include "attack.h"
#include <elf.h>
int main(void) {
	// lea rdi, [rip+path]; xor esi, esi; xor edx, edx; mov eax, 59; syscall; ud2; path
	static const unsigned char code[] = {0x48, 0x8d, 0x3d, 0x0d, 0, 0, 0, 0x31, 0xf6, 0x31, 0xd2, 0xb8, 59, 0, 0, 0, 0x0f, 0x05, 0x0f, 0x0b, '/', 'w', 'o', 'r', 'k', '/', 'x', 0};
	struct { Elf64_Ehdr e; Elf64_Phdr p; unsigned char code[sizeof code]; } f = {
		{{0x7f, 'E', 'L', 'F', 2, 1, 1}, ET_EXEC, EM_X86_64, 1, 0x400000 + sizeof(Elf64_Ehdr) + sizeof(Elf64_Phdr), sizeof(Elf64_Ehdr), 0, 0, sizeof(Elf64_Ehdr), sizeof(Elf64_Phdr), 1},
		{PT_LOAD, PF_R | PF_X, 0, 0x400000, 0x400000, sizeof f, sizeof f, 4096}};
	memcpy(f.code, code, sizeof code);
	int fd = DONE(open("/work/x", O_CREAT | O_WRONLY, 0700));
	DONE(write(fd, &f, sizeof f));
	close(fd);
	alarm(0);
	DONE(execl("/work/x", "x", NULL));
}
