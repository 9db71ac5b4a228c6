// Resets the machine some times. RAM does not keep the number of resets, but the virtual counter continues: each start waits for the
// next millisecond, and from the third on the guest powers off. Every start checks that memory is as at the first start.
#include "guest.h"

#define MILLISECOND 62500
#define STARTS 3

static uint64_t zeroed;
static uint64_t loaded = 0x600d;

extern uint64_t image_end[];

static uint64_t counter(void) {
    uint64_t now;
    __asm__ volatile("isb\nmrs %0, cntvct_el0" : "=r"(now)::"memory");
    return now;
}

static void linger(unsigned cpu) {
    (void)cpu;
    for (;;) {
    }
}

void main(void) {
    uint64_t start = counter() / MILLISECOND;
    print_line("start in millisecond %d", start, 0);
    volatile uint64_t *beyond = image_end;
    if (zeroed != 0 || loaded != 0x600d || *beyond != 0) {
        print("memory is not as at a first start\n");
        exit_guest(1);
    }
    zeroed = loaded = *beyond = 0xbad;
    if (count_cpus() > 1) {
        if (cpu_state(1) != AFFINITY_OFF) {
            print("vCPU 1 outlived the reset\n");
            exit_guest(2);
        }
        start_cpu(1, linger);
    }
    while (counter() / MILLISECOND == start) {
    }
    if (start + 1 < STARTS) {
        reset_machine();
    }
    print("that is enough\n");
}
