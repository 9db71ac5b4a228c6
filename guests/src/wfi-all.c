// Every vCPU waits for an interrupt, and none will ever come.
#include "guest.h"

static void wait(unsigned cpu) {
    (void)cpu;
    for (;;) {
        __asm__ volatile("wfi");
    }
}

void main(void) {
    print("all vCPUs wait for an interrupt\n");
    start_others(wait);
    wait(0);
}
