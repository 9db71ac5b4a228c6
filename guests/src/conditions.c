// SMCs that pass or fail their condition check: prints which were made, for comparisons that set the flags differently.
#include "guest.h"

void try_all(void);

// One bit for each condition from EQ to LE, set if the call was made.
void report(uint32_t made) {
    print_line("made %x", made, 0);
}

void main(void) {
    try_all();
}
