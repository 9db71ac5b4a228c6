// Dependent loads: a walk along a list with random order in 64 KiB.
#include "kernels.h"

#define COUNT 4096

typedef struct {
    uint32_t next;
    uint32_t weight;
    uint64_t unused;
} node_t;

static node_t nodes[COUNT];

// One circle through all nodes, by Sattolo's shuffle.
static void link_all(void) {
    uint64_t random = 3;
    for (uint32_t i = 0; i < COUNT; i++) {
        nodes[i].next = i;
        nodes[i].weight = i * 2654435761u;
    }
    for (uint32_t i = COUNT - 1; i > 0; i--) {
        uint32_t j = (uint32_t)(next_random(&random) % i);
        uint32_t next = nodes[i].next;
        nodes[i].next = nodes[j].next;
        nodes[j].next = next;
    }
}

uint64_t lists(uint64_t rounds) {
    link_all();
    uint64_t sum = 0;
    uint32_t at = 0;
    for (uint64_t i = 0; i < rounds * 1024; i++) {
        sum = sum * 3 + nodes[at].weight;
        at = nodes[at].next;
    }
    return mix(sum, at);
}
