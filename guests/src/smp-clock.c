// Every vCPU writes the time to a shared mailbox, and reads the times that were written before: none of them is later than the value
// of its own counter that it reads afterwards.
#include "guest.h"

enum { POSTS = 1000 };

static spin_lock_t lock;
static uint64_t mail;
static uint64_t ready;
static uint64_t go;
static uint64_t posted;
static uint64_t early;

static uint64_t counter(void) {
    uint64_t value;
#ifdef __aarch64__
    __asm__ volatile("isb\nmrs %0, cntvct_el0" : "=r"(value)::"memory");
#else
    __asm__ volatile("isb\nmrrc p15, 1, %Q0, %R0, c14" : "=r"(value)::"memory");
#endif
    return value;
}

static void post(unsigned cpu) {
    (void)cpu;
    atomic_add(&ready, 1);
    while (load_acquire(&go) == 0) {
    }
    for (int n = 0; n < POSTS; n++) {
        spin_lock(&lock);
        uint64_t before = mail;
        uint64_t now = counter();
        if (now < before) {
            early++;
        }
        mail = now;
        posted++;
        spin_unlock(&lock);
    }
}

void main(void) {
    unsigned cpus = count_cpus();
    start_others(post);
    while (load_acquire(&ready) != cpus - 1) {
    }
    store_release(&go, 1);
    post(0);
    wait_for_others();
    print_line("%d times posted, %d of them too early", posted, early);
    exit_guest(early == 0 ? 0 : 1);
}
