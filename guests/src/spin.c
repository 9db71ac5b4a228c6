// Never ends.
#include "guest.h"

void main(void) {
    print("spinning\n");
    for (;;) {
        __asm__ volatile("");
    }
}
