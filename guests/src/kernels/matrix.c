// Two matrices of 32-bit numbers are multiplied.
#include "kernels.h"

#define SIDE 48

static uint32_t left[SIDE][SIDE];
static uint32_t right[SIDE][SIDE];
static uint32_t product[SIDE][SIDE];

static void multiply(void) {
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            uint32_t sum = 0;
            for (int k = 0; k < SIDE; k++) {
                sum += left[i][k] * right[k][j];
            }
            product[i][j] = sum;
        }
    }
}

uint64_t matrix(uint64_t rounds) {
    uint64_t random = 4;
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            left[i][j] = (uint32_t)next_random(&random);
            right[i][j] = (uint32_t)next_random(&random);
        }
    }
    uint64_t digest = MIX_START;
    for (uint64_t i = 0; i < rounds; i++) {
        multiply();
        left[i % SIDE][0] = product[0][i % SIDE];
        digest = mix(digest, product[i % SIDE][SIDE - 1]);
    }
    return digest;
}
