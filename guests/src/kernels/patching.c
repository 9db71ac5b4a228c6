// Code that is rewritten, with the maintenance that the architecture requires, and run 256 times after each change.
#include "kernels.h"

// In .data: "mov w1, #0; add w0, w0, w1; ret".
static uint32_t code[3] __attribute__((aligned(64), section(".data"))) = {0x52800001, 0x0b010000, 0xd65f03c0};

static void patch(uint32_t value) {
    ((volatile uint32_t *)code)[0] = 0x52800001 | (value & 0xffff) << 5;
    publish_code(code);
}

uint64_t patching(uint64_t rounds) {
    uint32_t (*run)(uint32_t) = (uint32_t(*)(uint32_t))(uintptr_t)code;
    uint32_t sum = 0;
    for (uint64_t i = 0; i < rounds; i++) {
        patch((uint32_t)i * 40503);
        for (int j = 0; j < 256; j++) {
            sum = run(sum << 1 | sum >> 31);
        }
    }
    return sum;
}
