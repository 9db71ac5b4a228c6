// All vCPUs increment one word under a lock with LDXR and STXR. The sum must be exact.
#include "guest.h"

#define ROUNDS 5000

static spin_lock_t lock;
static volatile uint64_t counter;
static uint64_t ready;
static uint64_t go;

static void count(unsigned cpu) {
    (void)cpu;
    atomic_add(&ready, 1);
    while (load_acquire(&go) == 0) {
    }
    for (int i = 0; i < ROUNDS; i++) {
        spin_lock(&lock);
        counter = counter + 1;
        spin_unlock(&lock);
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
    uint64_t expected = (uint64_t)cpus * ROUNDS;
    print_line("counted to %d, expected %d", counter, expected);
    exit_guest(counter == expected ? 0 : 1);
}
