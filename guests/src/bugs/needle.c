// Two vCPUs work for 100 000 instructions each, and once, in the middle, each adds to a shared counter by load, add and store. One of them is lost
// only if a vCPU is interrupted between its load and its store. EXIT 1 then. With FIXED, the addition is atomic.
#include "guest.h"

#define HALF 8000

static uint64_t counter;
static uint64_t done;

static void work(void) {
    for (volatile int k = 0; k < HALF; k++) {
    }
}

static void add(unsigned cpu) {
    (void)cpu;
    work();
#ifdef FIXED
    atomic_add(&counter, 1);
#else
    *(volatile uint64_t *)&counter = *(volatile uint64_t *)&counter + 1;
#endif
    work();
    atomic_add(&done, 1);
}

void main(void) {
    start_cpu(1, add);
    add(0);
    while (load_acquire(&done) != 2) {
    }
    if (counter != 2) {
        print_line("%d additions, and the counter is %d", 2, counter);
        exit_guest(1);
    }
    exit_guest(0);
}
