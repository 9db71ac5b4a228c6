// Heap sort of random words.
#include "kernels.h"

#define COUNT 2048

static uint64_t heap[COUNT];

static void sink(unsigned at, unsigned end) {
    uint64_t value = heap[at];
    for (unsigned child = 2 * at + 1; child < end; child = 2 * at + 1) {
        if (child + 1 < end && heap[child + 1] > heap[child]) {
            child++;
        }
        if (heap[child] <= value) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = value;
}

static void sort(void) {
    for (unsigned i = COUNT / 2; i-- > 0;) {
        sink(i, COUNT);
    }
    for (unsigned end = COUNT - 1; end > 0; end--) {
        uint64_t largest = heap[0];
        heap[0] = heap[end];
        heap[end] = largest;
        sink(0, end);
    }
}

uint64_t sorting(uint64_t rounds) {
    uint64_t random = 5;
    uint64_t digest = MIX_START;
    for (uint64_t i = 0; i < rounds; i++) {
        for (unsigned j = 0; j < COUNT; j++) {
            heap[j] = next_random(&random);
        }
        sort();
        digest = mix(digest, heap[COUNT / 3]);
    }
    return digest;
}
