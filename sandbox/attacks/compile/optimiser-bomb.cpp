// tries: gives the optimiser a function of a million loops
// expect: compile error: limit time | compile error: limit memory
// because: it depends on which runs out first
#define A for (int i = 0; i < n; i++) if (p[i] > p[i ^ n]) { p[i] += p[p[i] & 7]; goto out; }
#define B A A A A A A A A A A
#define C B B B B B B B B B B
#define D C C C C C C C C C C
int f(int* p, int n) { D D D out: return p[0]; }
int main() {}
