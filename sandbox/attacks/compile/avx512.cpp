// tries: uses instructions that the processor may lack
// expect: exit 0 | signal SIGILL
// because: some processors have them
// needs: amd64
#pragma GCC target("avx512f")
#include <immintrin.h>
int main() {
	volatile __m512i v = _mm512_set1_epi32(1);
	v = _mm512_add_epi32(v, v);
}
