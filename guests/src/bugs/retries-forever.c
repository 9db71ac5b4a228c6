// Asks the firmware for entropy (DEN0098) until it gets some. If there is never any, it never ends. With FIXED, it gives up after ten times.
#include "guest.h"

#define TRNG_RND64 0xc4000053
#define TRIES 10

void main(void) {
    for (int words = 0; words < 8; words++) {
        int tries = 0;
        while ((int32_t)hvc(TRNG_RND64, 64, 0, 0) != 0) {
            tries++;
#ifdef FIXED
            if (tries == TRIES) {
                print_line("no entropy after %d tries", TRIES, 0);
                exit_guest(0);
            }
#endif
        }
    }
    exit_guest(0);
}
