// tries: includes itself, twice, two hundred deep
// expect: compile error: limit time | compile error: limit memory
// because: it depends on which runs out first
#include __FILE__
#include __FILE__
