// tries: uses instructions that the processor may lack
// expect: exit 0 | signal SIGILL
// because: some processors have them
// needs: amd64
#pragma GCC target("avx512f")
typedef int vector __attribute__((vector_size(64)));
volatile vector v;
int main() { v = v + 1; }
