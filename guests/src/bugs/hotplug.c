// Two vCPUs bring up the same third one, if it is off. Each writes its own number into a shared cell, and then calls CPU_ON. If one writes after the
// other has looked, the third vCPU reads the wrong one. EXIT 1 then. With FIXED, a lock is held around the steps.
#include "entry.h"

#define NOBODY 99

static uint64_t owner = NOBODY;
static uint64_t winner = NOBODY;
static uint64_t served = NOBODY;
static uint64_t tried;
#ifdef FIXED
static spin_lock_t lock;
#endif

void run_started(void) {
    store_release(&served, load_acquire(&owner));
    for (;;) {
        __asm__ volatile("wfi");
    }
}

static void bring_up(unsigned cpu) {
    for (volatile int delay = 0; delay < 200; delay++) {
    }
#ifdef FIXED
    spin_lock(&lock);
#endif
    if (cpu_state(2) == AFFINITY_OFF) {
        store_release(&owner, cpu);
        for (volatile int preparation = 0; preparation < 10; preparation++) {
        }
        if (try_start(2) == 0) {
            store_release(&winner, cpu);
        }
    }
#ifdef FIXED
    spin_unlock(&lock);
#endif
    atomic_add(&tried, 1);
}

void main(void) {
    start_cpu(1, bring_up);
    bring_up(0);
    while (load_acquire(&tried) != 2 || load_acquire(&served) == NOBODY) {
    }
    if (served != winner) {
        print_line("vCPU 2 works for vCPU %d, and vCPU %d has started it", served, winner);
        exit_guest(1);
    }
    exit_guest(0);
}
