// Like smp-counter without the lock. If a vCPU is interrupted between its load and its store, it overwrites the updates of the others.
#include "guest.h"

#define ROUNDS 20000

static volatile uint64_t counter;
static uint64_t ready;
static uint64_t go;

static void count(unsigned cpu) {
    (void)cpu;
    atomic_add(&ready, 1);
    while (load_acquire(&go) == 0) {
    }
    for (int i = 0; i < ROUNDS; i++) {
        counter = counter + 1;
    }
}

void main(void) {
    unsigned cpus = count_cpus();
    start_others(count);
    while (load_acquire(&ready) != cpus - 1) {
    }
    store_release(&go, 1);
    count(0);
    wait_for_others();
    print_line("counted to %d, lost %d", counter, (uint64_t)cpus * ROUNDS - counter);
    exit_guest(0);
}
